-- Every campaign of a list comes once, newest first, with its workflow; the list counts them.
begin;
select plan(16);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Usual'), null)$$);
select tests.act_as_superuser();
create temp table list as
select tests.create_list(tests.team_id('Acme'), 1) as id, tests.create_list(tests.team_id('Acme'), 1) as other_id;
grant select on list to public;
create function pg_temp.usage(p_limit integer, p_cursor text default null)
returns jsonb
language sql
as $$ select public.get_audience_campaign_usage((select id from list), p_limit, p_cursor) $$;
create function pg_temp.counts()
returns bigint[]
language sql
as $$
  select array[
    (public.get_audience_list((select id from list)) ->> 'campaign_count')::bigint,
    (public.get_audience_list((select other_id from list)) ->> 'campaign_count')::bigint
  ]
$$;
select tests.act_as('vera@acme.example');
select is(pg_temp.usage(10), '{"items": [], "next_cursor": null}', 'none yet');
select is(pg_temp.counts(), '{0,0}', 'and so it says');
select tests.act_as('otto@acme.example');
select tests.quietly($$
  select public.create_campaign('C' || n, l.id, tests.workflow_id('Usual'), p.id)
  from generate_series(1, 5) as n cross join list as l cross join public.phone_numbers as p
  -- ids of one millisecond are in no order
  cross join lateral (select pg_sleep(0.002 + 0 * n)) as later
$$);
select tests.act_as('vera@acme.example');
create temp table pages as
with recursive walk as (
  select pg_temp.usage(2) as r
  union all
  select pg_temp.usage(2, r ->> 'next_cursor') from walk where r ->> 'next_cursor' is not null
)
select r from walk;
select is((select count(*) from pages), 3::bigint, 'three pages');
select is(
  (select array_agg(i ->> 'name' order by (i ->> 'id') desc) from pages, jsonb_array_elements(r -> 'items') as i),
  '{C5,C4,C3,C2,C1}', 'everyone once'
);
select is(pg_temp.usage(1) #>> '{items,0,name}', 'C5', 'newest first');
select is(pg_temp.usage(1) #>> '{items,0,workflow,name}', 'Usual', 'with its workflow');
select is(pg_temp.usage(1) #>> '{items,0,workflow,version}', '1', 'of this version');
select is(pg_temp.usage(1) #>> '{items,0,status}', 'CREATED', 'its status');
select is(pg_temp.counts(), '{5,0}', 'the list counts them');
select throws_ok($$select pg_temp.usage(0)$$, 'OB001', null, 'a page has a size');
select throws_ok($$select pg_temp.usage(1, 'x')$$, 'OB001', null, 'a cursor is one of ours');
select tests.act_as('rita@rival.example');
select throws_ok($$select pg_temp.usage(1)$$, 'OB004', null, 'another team''s list is not found');
select tests.act_as_role('anon');
select throws_ok($$select public.get_audience_campaign_usage(null)$$, '42501', null, 'anon can''t reach it');

-- A campaign that changes its list, or goes.
select tests.act_as_superuser();
update public.campaigns set list_id = (select other_id from list) where name in ('C1', 'C2');
select is(
  (select array_agg(campaign_count order by campaign_count) from public.audience_lists), '{2,3}', 'two have moved'
);
update public.campaigns set name = name || '!';
select is(
  (select array_agg(campaign_count order by campaign_count) from public.audience_lists), '{2,3}', 'other changes count nothing'
);
delete from public.campaigns where name in ('C1!', 'C3!');
select is(
  (select array_agg(campaign_count order by campaign_count) from public.audience_lists), '{1,2}', 'one of each is gone'
);
select * from finish();
rollback;
