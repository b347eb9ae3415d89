-- What people were enrolled for goes with the history of their campaign, and what is known of a job when nobody is
-- enrolled for it and no refresh has matched it for as long. Whose journey is open, or may be opened again, keeps both.
begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
create temp table campaign as
select n, tests.create_campaign(tests.create_team('Team ' || n, n || '@acme.example'), 1, p_first => 1000 + 10 * n) as id
from generate_series(1, 3) as n;
select tests.quietly(format('select public.launch_campaign(%L)', id)) from campaign;
insert into engine.servicetitan_work (team_id, kind, id, was_cancelled)
select c.team_id, k.kind, k.id, false
from public.campaigns as c cross join (values ('job', 1), ('job', 2), ('appointment', 1)) as k (kind, id);
insert into engine.enrollment_work (team_id, enrollment_id, kind, servicetitan_id, campaign_id, matched_at)
select e.team_id, e.id, 'job', 1, e.campaign_id, engine.now() from engine.enrollments as e;
-- the first campaign is over, the second has somebody who failed, the third somebody who waits
update engine.jobs as j set status = 'CANCELLED', reason_code = 'x', finished_at = engine.now()
from campaign as k where j.campaign_id = k.id and k.n < 3;
update engine.enrollments as e
set status = case k.n when 1 then 'CANCELLED' else 'FAILED' end::public.enrollment_status, reason_code = 'x', ended_at = engine.now()
from campaign as k where e.campaign_id = k.id and k.n < 3;
select tests.quietly(format('select public.cancel_campaign(%L)', id)) from campaign where n = 1;

create function pg_temp.bound() returns text language sql as $$
  select coalesce(string_agg(k.n::text, ',' order by k.n), '')
  from engine.enrollment_work as b inner join campaign as k on b.campaign_id = k.id
$$;
create function pg_temp.known() returns text language sql as $$
  select coalesce(string_agg(concat(k.n, w.kind, w.id), ' ' order by k.n, w.kind, w.id), '')
  from engine.servicetitan_work as w
  inner join public.campaigns as c on w.team_id = c.team_id
  inner join campaign as k on c.id = k.id
$$;
-- the clock alone: setting it properly ticks as well
create function pg_temp.at(p_at timestamptz) returns integer language plpgsql as $$
begin
  update engine.deployment set clock_at = p_at, clock_set_at = statement_timestamp(), clock_rate = 0;
  return engine.drop_old_work();
end
$$;

select is(pg_temp.at('2029-05-01 12:00-05'), 0, 'as long as a month of history may be kept nothing goes');
update engine.servicetitan_work as w set kept_at = '2029-02-01' where w.kind = 'appointment'; -- a refresh matched these again
select is(pg_temp.at('2029-05-01 12:01-05'), 5, 'then what nobody needs');
select is(pg_temp.bound(), '2,3', 'of the campaign that is over nobody');
select is(
  pg_temp.known(), '1appointment1 2appointment1 2job1 3appointment1 3job1', 'and every job that nobody is enrolled for'
);
select is_empty($$ select from engine.servicetitan_work where kept_at < '2029-01-01' $$, 'what is needed is not looked at again soon');
insert into engine.servicetitan_watches (team_id)
select c.team_id from public.campaigns as c inner join campaign as k on c.id = k.id where k.n > 1;
create function pg_temp.watched() returns bigint language sql as $$
  select count(*) from engine.servicetitan_watches as w cross join engine.start_watch(w.team_id, w.id)
$$;
select is(pg_temp.watched(), 1::bigint, 'a watch looks after whoever waits');
select is(pg_temp.bound(), '3', 'and not after who failed so long ago that nothing can be tried again');
update engine.deployment set clock_at = '2031-07-01 12:02:01-05';
select is(engine.tick_upkeep() -> 'failed', null, 'the upkeep does it');
select is(pg_temp.known(), '3job1', 'and whoever still waits keeps her job');

select * from finish();
rollback;
