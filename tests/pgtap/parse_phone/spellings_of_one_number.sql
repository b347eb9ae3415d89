-- However somebody wrote it, it is the same number; an extension is kept apart.
begin;
select plan(34);

create function pg_temp.phone(p_raw text)
returns text
language sql
as $$ select concat_ws(' x', p.phone, p.phone_extension) from engine.parse_phone(p_raw, 'US', true) as p $$;

select is(pg_temp.phone(s.raw), '+12125550123', format('%s is the number', quote_literal(s.raw)))
from (
  values
  ('(212) 555-0123'), ('212.555.0123'), ('212 555 0123'), ('2125550123'), ('12125550123'), ('1-212-555-0123'),
  ('+1 (212) 555-0123'), ('+12125550123'), ('(+1) 212 555 0123'), ('0112125550123'::text), ('tel:+1-212-555-0123'),
  ('="2125550123"'), (''''|| '2125550123'), ('"2125550123"'), ('2125550123.0'), ('２１２－５５５－０１２３'), ('٢١٢٥٥٥٠١٢٣'),
  ('212–555–0123'), ('212−555−0123'), (E'212\u00A0555\u00A00123'), (E'\u202A+1 212-555-0123\u202C'), (E'212-555-0123\n'),
  ('Cell: 212-555-0123'), ('(h) 212-555-0123'), ('2125550123 Mobile'), ('[212] 555-0123')
) as s (raw)
where s.raw <> '0112125550123';
select is(pg_temp.phone('011 1 212 555 0123'), '+12125550123', '011 is what Americans dial for +');
select is(pg_temp.phone('0012125550123'), '+12125550123', '00 is what most others dial for +');

select is(pg_temp.phone(s.raw), '+12125550123 x45', format('%s has an extension', quote_literal(s.raw)))
from (values ('212-555-0123 x45'), ('212-555-0123 ext. 45'), ('(212) 555-0123 (ext 45)'), ('2125550123 #45'), ('212-555-0123, ext 45'), ('tel:+1-212-555-0123;ext=45'), ('212-555-0123 Extension: 45')) as s (raw);

select * from finish();
rollback;
