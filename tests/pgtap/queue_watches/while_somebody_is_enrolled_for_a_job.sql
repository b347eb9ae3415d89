-- As long as a running campaign has people who are enrolled for a job, ServiceTitan is asked every five minutes what
-- was cancelled: one look at a time for each team, from where the last one ended, and never for anybody else.
begin;
select plan(19);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as
select n, tests.create_team('Team ' || n, n || '@acme.example') as id from generate_series(1, 2) as n;
create temp table campaign as select n, tests.create_campaign(id, 2) as id from team;
select tests.connect_holds(id, (4000 + n)::text) from team;
-- the first team's list is ServiceTitan's, the other's a file; both have ids of jobs
update public.audience_lists as l set source = 'servicetitan', definition = '{"match": {"job": {}}}'
from team as t where l.team_id = t.id and t.n = 1;
select tests.give_appointments(id) from public.audience_lists;
insert into engine.servicetitan_work (team_id, kind, id, was_cancelled)
select t.id, 'job', 7000 + m.n, false from team as t cross join generate_series(1, 2) as m (n);
create function pg_temp.at(p_at timestamptz) returns integer language plpgsql as $$
begin
  -- the clock alone: setting it properly ticks as well
  update engine.deployment set clock_at = p_at, clock_set_at = statement_timestamp(), clock_rate = 0;
  return (engine.tick_work() ->> 'looks_queued')::integer;
end
$$;
create function pg_temp.look() returns text language sql as $$
  select format('%s %s', to_char(s.since at time zone 'America/New_York', 'DD HH24:MI'), s.until = engine.now())
  from team as t inner join engine.servicetitan_watches as w on t.id = w.team_id cross join engine.start_watch(t.id, w.id) as s
$$;
create function pg_temp.ended() returns integer language sql as $$
  select engine.finish_watch(t.id, w.id, engine.now()) from team as t inner join engine.servicetitan_watches as w on t.id = w.team_id
$$;
create function pg_temp.done() returns text language sql as $$
  select string_agg(engine.end_task('w', c.task_id, 'done'), ' ') from engine.claim_tasks('w', '{watch}', 5) as c
$$;

select is(pg_temp.at('2027-03-01 12:01-05'), 0, 'nobody is enrolled yet');
select is((select count(*) from engine.servicetitan_watches), 0::bigint, 'so nothing is watched');
select tests.quietly(format('select public.launch_campaign(%L)', id)) from campaign;
select is(pg_temp.at('2027-03-01 12:02-05'), 1, 'a minute after the launch there is a look');
select is((select t.n from team as t inner join engine.tasks as k on t.id = k.team_id), 1, 'for the team that has people enrolled for jobs');
select is(pg_temp.at('2027-03-01 12:03-05'), 0, 'not every minute');
select is(pg_temp.at('2027-03-01 12:08-05'), 0, 'nor a second one beside the first');
select is(pg_temp.done(), 'DONE', 'it is done');
select is(pg_temp.look(), '01 11:01 t', 'from an hour before the match, for clocks that differ');
select is(pg_temp.at('2027-03-01 12:10-05'), 0, 'not yet');
select is(pg_temp.at('2027-03-01 12:14-05'), 1, 'five minutes later the next one');
select is(pg_temp.done(), 'DONE', 'it is done');
update engine.enrollment_work set matched_at = '2027-02-01';
select is(pg_temp.ended(), 0, 'it ended here');
select is(pg_temp.look(), '28 12:14 t', 'so the next begins a day back from there, however old the match');
update public.integrations set status = 'PAUSED', paused_at = engine.now(), paused_reason = 'x' where provider = 'servicetitan';
select is(pg_temp.at('2027-03-01 12:20-05'), 0, 'not while the account is paused');
update public.integrations set status = 'ACTIVE', paused_at = null, paused_reason = null where provider = 'servicetitan';
select is(pg_temp.at('2027-03-01 12:21-05'), 1, 'but then');
update engine.enrollments set status = 'FAILED', reason_code = 'failed', ended_at = engine.now() where id = (
  select min(enrollment_id::text)::uuid from engine.enrollment_work
);
select tests.quietly(format('select public.cancel_campaign(%L)', id)) from campaign where n = 1;
select is(pg_temp.look(), '28 12:14 t', 'who failed may be tried again');
select is((select count(*) from engine.enrollment_work), 1::bigint, 'who is through is forgotten');
delete from engine.enrollment_work;
select is(pg_temp.look(), null, 'of nobody nothing is asked');
select is(pg_temp.done() || pg_temp.at('2027-03-01 12:40-05'), 'DONE0', 'and nobody looks again');

select * from finish();
rollback;
