-- Of campaigns that are due together, one that can't be launched leaves the others alone, says why, comes last from
-- then on, and is launched as soon as it can be.
begin;
select plan(10);
select tests.set_clock('2027-03-01 12:00-05');
create temp table campaigns as
select n, tests.create_campaign(tests.create_team('Team ' || n, n || '@acme.example'), 2, p_first => 1000 + 10 * n) as id
from generate_series(1, 3) as n;
select tests.quietly(format('select public.launch_campaign(%L, %L)', id, '2027-03-01 13:00-05'::timestamptz + n * interval '1 second'))
from campaigns;
-- the first raises when its people are stored, the second has lost its assistant
create function pg_temp.fail() returns trigger language plpgsql as 'begin raise exception ''planted''; end';
select tests.quietly(format(
  'create trigger planted before insert on engine.enrollments for each row when (new.campaign_id = %L) execute function pg_temp.fail()', id
)) from campaigns where n = 1;
update public.assistants as a set is_active = false
from public.campaigns as c inner join campaigns as k on c.id = k.id where k.n = 2 and a.team_id = c.team_id;
-- the clock alone: setting it properly ticks as well
update engine.deployment set clock_at = '2027-03-01 14:00-05', clock_set_at = statement_timestamp(), clock_rate = 0;

select is(engine.tick_launches(), '{"campaigns_launched": 1}', 'one is launched');
create function pg_temp.standing() returns text language sql as $$
  select string_agg(c.status::text || ' ' || (select count(*) from engine.enrollments as e where e.campaign_id = c.id), ', ' order by k.n)
  from campaigns as k inner join public.campaigns as c on k.id = c.id
$$;
select is(pg_temp.standing(), 'SCHEDULED 0, SCHEDULED 0, ACTIVE 2', 'the others wait, with nobody enrolled');
select results_eq(
  'select f.step, k.n, f.code, f.message from engine.tick_failures as f join campaigns as k on k.id::text = f.subject order by k.n',
  $$ values ('launch_campaign', 1, 'P0001', 'planted'),
     ('launch_campaign', 2, 'OB007', 'The campaign is not ready: The assistant of "First call" is not active.') $$,
  'and it is known why'
);
select is(engine.tick_launches(), '{"campaigns_launched": 0}', 'every tick looks again');
select is((select array_agg(failure_count) from engine.tick_failures), '{2,2}', 'and counts');
update public.assistants set is_active = true;
select is(engine.tick_launches(), '{"campaigns_launched": 1}', 'what stood in the way is gone');
select is(pg_temp.standing(), 'SCHEDULED 0, ACTIVE 2, ACTIVE 2', 'so it is launched');
drop trigger planted on engine.enrollments;
select is(engine.tick_launches(), '{"campaigns_launched": 1}', 'and so is the first');
select is(pg_temp.standing(), 'ACTIVE 2, ACTIVE 2, ACTIVE 2', 'nobody is lost');
select is_empty('select from engine.tick_failures', 'nothing stands');

select * from finish();
rollback;
