-- Jobs of a campaign, of a number, in a state; page by page; to those of the team only.
begin;
select plan(13);
create temp table campaign as select tests.furnish_jobs(5) as id;
create temp table phones as select phone, row_number() over (order by id desc) as n from engine.jobs;
create temp table claimed as select * from engine.claim_jobs('w', '{call}', 2);
grant select on campaign, phones to authenticated;

create function pg_temp.page(p_page jsonb)
returns text[]
language sql
as $$
  select coalesce(array_agg(i.value ->> 'phone' order by i.n), '{}')
  from jsonb_array_elements(p_page -> 'items') with ordinality as i (value, n)
$$;

select tests.act_as('vera@acme.example');
select is(pg_temp.page(public.list_jobs()), array(select phone from phones order by n), 'newest first');
select is(
  pg_temp.page(public.list_jobs(p_limit => 2)), array(select phone from phones where n <= 2 order by n), 'two of them'
);
select is(
  pg_temp.page(public.list_jobs(p_limit => 2, p_cursor => public.list_jobs(p_limit => 2) ->> 'next_cursor')),
  array(select phone from phones where n in (3, 4) order by n), 'the next two'
);
select is(
  (public.list_jobs(p_limit => 5) ->> 'next_cursor'), null, 'no more after the last'
);
select is(jsonb_array_length(public.list_jobs(p_status => 'CLAIMED') -> 'items'), 2, 'in a state');
select is(jsonb_array_length(public.list_jobs(p_campaign_id => (select id from campaign)) -> 'items'), 5, 'of a campaign');
select is(
  pg_temp.page(public.list_jobs(p_phone => (select substr(phone, 3) from phones where n = 3))),
  array(select phone from phones where n = 3), 'of a number as people write it'
);
select is(public.list_jobs() #>> '{items,0,campaign,name}', 'Tune-up', 'with what it belongs to');
select throws_ok($$ select public.list_jobs(p_status => 'LOST') $$, 'OB001', null, 'no such state');
select throws_ok($$ select public.list_jobs(p_phone => 'x', p_cursor => '!') $$, 'OB001', null, 'no such cursor');
select throws_ok($$ select public.list_jobs(p_limit => 1001) $$, 'OB009', null, 'a page has an end');
select tests.act_as('rita@rival.example');
select is(public.list_jobs() -> 'items', '[]'::jsonb, 'another team has none');
select throws_ok('select public.list_jobs((select id from campaign))', 'OB004', null, 'nor such a campaign');
select * from finish();
rollback;
