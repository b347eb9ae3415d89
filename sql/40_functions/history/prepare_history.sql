-- Makes sure that the history has a partition for every row of these enrollments, whose jobs the caller holds.
-- This month's are made as well: an event may come until the move takes it.
create or replace function engine.prepare_history(p_ended engine.ended_enrollment[])
returns integer
language sql
volatile
set search_path = ''
as $$
  with jobs as materialized (
    select j.team_id, j.id, j.finished_at
    from unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
  ),

  attempts as materialized (
    select a.team_id, a.id, a.begun_at
    from jobs as j
    inner join engine.attempts as a on j.team_id = a.team_id and j.id = a.job_id
  )

  select
    engine.ensure_partitions('job', array(select j.finished_at from jobs as j))
    + engine.ensure_partitions('attempt', array(select a.begun_at from attempts as a))
    + engine.ensure_partitions('event', engine.now() || array(
      select e.received_at
      from attempts as a
      inner join engine.events as e on a.team_id = e.team_id and a.id = e.attempt_id
    ))
    + engine.ensure_partitions('gate_decision', array(
      select d.decided_at
      from jobs as j
      inner join engine.gate_decisions as d on j.team_id = d.team_id and j.id = d.job_id
    ))
$$;
comment on function engine.prepare_history(engine.ended_enrollment[]) is
'Makes the partitions that a move of these enrollments needs; returns how many were missing.';
revoke all on function engine.prepare_history(engine.ended_enrollment[]) from public;
