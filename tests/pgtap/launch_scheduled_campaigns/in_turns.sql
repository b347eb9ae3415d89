-- One call launches until enough people are enrolled and leaves the rest to the next one. What failed before comes last,
-- so that it takes no turn from those that have not.
begin;
select plan(12);
select tests.set_clock('2027-03-01 12:00-05');
create temp table campaigns as
select n, tests.create_campaign(tests.create_team('Team ' || n, n || '@acme.example'), 2, p_first => 1000 + 10 * n) as id
from generate_series(1, 4) as n;
select tests.quietly(format('select public.launch_campaign(%L, %L)', id, '2027-03-01 13:00-05'::timestamptz + n * interval '1 second'))
from campaigns;
-- the first of them raises when its people are stored
create function pg_temp.fail() returns trigger language plpgsql as 'begin raise exception ''planted''; end';
select tests.quietly(format(
  'create trigger planted before insert on engine.enrollments for each row when (new.campaign_id = %L) execute function pg_temp.fail()', id
)) from campaigns where n = 1;
-- the clock alone: setting it properly ticks as well
update engine.deployment set clock_at = '2027-03-01 14:00-05', clock_set_at = statement_timestamp(), clock_rate = 0;

create function pg_temp.active() returns text language sql as $$
  select coalesce(string_agg(k.n::text, ',' order by k.n), '')
  from campaigns as k inner join public.campaigns as c on k.id = c.id and c.status = 'ACTIVE'
$$;
create function pg_temp.tries() returns integer language sql as 'select max(failure_count)::integer from engine.tick_failures';

select is(pg_get_function_arguments('engine.launch_scheduled_campaigns'::regproc), 'p_enough integer DEFAULT 100000', 'mostly many');
select is(engine.launch_scheduled_campaigns(1), 1, 'who has two people has more than one');
select is(pg_temp.active(), '2', 'so the next is left, after the first that failed');
select is(pg_temp.tries(), 1, 'once');
select is(engine.launch_scheduled_campaigns(1), 1, 'the next call');
select is(pg_temp.active(), '2,3', 'goes on where that one ended');
select is(pg_temp.tries(), 1, 'and leaves what failed to the end, which it has not come to');
select is(engine.launch_scheduled_campaigns(3), 1, 'one is left');
select is(pg_temp.active(), '2,3,4', 'and is launched');
select is(pg_temp.tries(), 2, 'and then what failed is tried');
drop trigger planted on engine.enrollments;
select is(engine.launch_scheduled_campaigns(1), 1, 'until it can be');
select is(pg_temp.active(), '1,2,3,4', 'nobody is lost');

select * from finish();
rollback;
