-- A few numbers are looked up by themselves, and many at once: the two must say the same of every number.
begin;
select plan(2);

create temp table cells as
select row_number() over () as place, c.cell
from (
  select unnest(array[
    '+12125551234', '(212) 555-1234', '1 212 555 1234', '2125551234.0', '212-555-0123', '+1 900 555 1234', '9005551234',
    '+1 000 555 1234', '0005551234', '2121551234', '2129111234', '555-1234', '+44 7700 900123', '011447700900123',
    '212-555-0123 / 917-555-0188', 'ann@example.com', '', null, 'x', '+', '12', '+12', '(416) 555-9876 ext. 12'
  ])
  union all
  select format('+1%s5559876', a.area_code) from reference.area_codes as a
) as c (cell);

create temp table told as
select p.ordinal as place, to_jsonb(p) - 'ordinal' as said
from engine.parse_phones(array(select c.cell from cells as c order by c.place), 'US', false) as p;

select is((select count(*) from told), (select count(*) from cells), 'something is said of every cell');
select is_empty(
  $$
    select c.cell, t.said, one.said
    from cells as c
    inner join told as t on c.place = t.place
    cross join lateral (
      select to_jsonb(p) - 'ordinal' as said from engine.parse_phones(array[c.cell], 'US', false) as p
    ) as one
    where t.said is distinct from one.said
  $$,
  'one by one the same is said'
);

select * from finish();
rollback;
