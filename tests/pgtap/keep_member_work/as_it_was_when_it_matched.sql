-- A refresh keeps whether what its members match by is cancelled: what it then was is what the list wants, what
-- became of it since is news, and what has come back is no news any more.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
insert into engine.servicetitan_work (team_id, kind, id, was_cancelled) select id, 'job', 1, false from other;
-- a refresh by jobs 1 to 3 and an appointment; job 4 was fetched and nobody matched by it, of job 5 no state is known
create function pg_temp.refreshed(p_run uuid, p_states text[]) returns text language sql as $$
  insert into engine.servicetitan_jobs (team_id, subject_id, id, status)
  select team.id, p_run, s.n, s.status from team, unnest(p_states) with ordinality as s (status, n);
  insert into engine.servicetitan_appointments (team_id, subject_id, id, job_id, status, is_unused)
  select team.id, p_run, 1, 1, 'Canceled', false from team;
  insert into engine.member_facts (team_id, run_id, row_number, servicetitan_job_id, servicetitan_appointment_id)
  select team.id, p_run, n, n, nullif(n, 2) from team, unnest(array[1, 2, 3, 5]) as n;
  select engine.keep_member_work(team.id, p_run) from team;
  select string_agg(concat(w.kind, w.id, ' ', w.was_cancelled, ' ' || (w.cancelled_at = engine.now())), ', ' order by w.kind, w.id)
  from engine.servicetitan_work as w inner join team on w.team_id = team.id;
$$;

select is(
  pg_temp.refreshed(gen_random_uuid(), '{Scheduled,Canceled,Scheduled,Canceled,null}'),
  'appointment1 t, job1 f, job2 t, job3 f', 'as it is when it matches'
);
select is(
  pg_temp.refreshed(gen_random_uuid(), '{Scheduled,Canceled,Canceled,Canceled,null}'),
  'appointment1 t, job1 f, job2 t, job3 t true', 'one is cancelled since, and that is noted'
);
select is(
  pg_temp.refreshed(gen_random_uuid(), '{Scheduled,Canceled,Canceled,Canceled,null}'),
  'appointment1 t, job1 f, job2 t, job3 t true', 'the same again changes nothing'
);
select is(
  pg_temp.refreshed(gen_random_uuid(), '{Scheduled,Scheduled,Scheduled,Canceled,null}'),
  'appointment1 t, job1 f, job2 f, job3 f', 'what has come back is as if it had never been'
);
update engine.servicetitan_work as w set cancelled_at = engine.now() from team where w.team_id = team.id and w.id = 1 and w.kind = 'job';
select is(
  pg_temp.refreshed(gen_random_uuid(), '{Canceled,Scheduled,Scheduled,Canceled,null}'),
  'appointment1 t, job1 t true, job2 f, job3 f', 'what a look had found stays found'
);
select is(
  (select array_agg(concat(w.id, w.was_cancelled, w.cancelled_at = engine.now())) from engine.servicetitan_work as w, other where w.team_id = other.id),
  '{1f}', 'another team''s job of the same id is another job'
);

select * from finish();
rollback;
