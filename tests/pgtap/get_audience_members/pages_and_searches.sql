-- Every member comes once, whatever the size of the page; a search looks at names, phones and e-mail.
begin;
select plan(12);

select tests.create_team('Acme', 'ann@acme.example');
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
create temp table list as select (public.create_audience_list('A', p_rows => '[
  {"phone": "2125550101", "name": "Ann Lee", "email": "ann@x.example"}, {"phone": "3035550102", "name": "Bob Stone"},
  {"phone": "2125550103", "name": "Cleo Lee"}, {"phone": "2125550104"}, {"phone": "2125550105"}
]') ->> 'id')::uuid as id;
grant select on list to public;
create function pg_temp.page(p_search text, p_limit integer, p_cursor text default null)
returns jsonb
language sql
as $$ select public.get_audience_members((select id from list), p_search, p_limit, p_cursor) $$;
create temp table pages as
with recursive walk as (
  select pg_temp.page(null, 2) as r
  union all
  select pg_temp.page(null, 2, r ->> 'next_cursor') from walk where r ->> 'next_cursor' is not null
)
select r from walk;
select is((select count(*) from pages), 3::bigint, 'three pages');
select is((select count(distinct i ->> 'phone') from pages, jsonb_array_elements(r -> 'items') as i), 5::bigint, 'everyone');
select is((select count(*) from pages, jsonb_array_elements(r -> 'items') as i), 5::bigint, 'once');
select is(jsonb_array_length(pg_temp.page('lee', 50) -> 'items'), 2, 'by name');
select is(jsonb_array_length(pg_temp.page('ANN L', 50) -> 'items'), 1, 'by whole name, in any case');
select is(jsonb_array_length(pg_temp.page('(303) 555', 50) -> 'items'), 1, 'by phone, as people write it');
select is(jsonb_array_length(pg_temp.page('ann@x', 50) -> 'items'), 1, 'by e-mail');
select is(pg_temp.page('nobody', 50), '{"items": [], "next_cursor": null}', 'nobody');
select throws_ok($$ select pg_temp.page(null, 0) $$, 'OB001', null, 'a page has a size');
select throws_ok($$ select pg_temp.page(null, 10, 'x') $$, 'OB001', null, 'a cursor is one of ours');
select tests.act_as('eve@other.example');
create function pg_temp.refusal()
returns text
language plpgsql
as $$
declare
  v_detail text;
begin
  perform pg_temp.page(null, 50);
  return null;
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail;
  return v_detail::jsonb ->> 'entity';
end
$$;
select is(pg_temp.refusal(), 'audience_list', 'what is not found is the list: whose it is stays untold');
select throws_ok($$ select pg_temp.page(null, 50) $$, 'OB004', null, 'another team''s list is not found');

select * from finish();
rollback;
