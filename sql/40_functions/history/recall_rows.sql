-- The way back; the caller holds the enrollments. Jobs first, because the others refer to them; each is looked
-- for in the partitions since the enrollment began.
create or replace function engine.recall_rows(p_ended engine.ended_enrollment[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  with recalled as (
    delete from engine.job_history as h
    using unnest(p_ended) as n
    where h.team_id = n.team_id and h.enrollment_id = n.enrollment_id and h.finished_at >= n.enrolled_at
    returning h.*
  )

  insert into engine.jobs select r.* from recalled as r;

  with recalled as (
    delete from engine.attempt_history as h
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    where h.team_id = j.team_id and h.job_id = j.id and h.begun_at >= n.enrolled_at
    returning h.*
  )

  insert into engine.attempts select r.* from recalled as r;

  with recalled as (
    delete from engine.gate_decision_history as h
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    where h.team_id = j.team_id and h.job_id = j.id and h.decided_at >= n.enrolled_at
    returning h.*
  )

  insert into engine.gate_decisions select r.* from recalled as r;

  with recalled as (
    delete from engine.event_history as h
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    inner join engine.attempts as a on j.team_id = a.team_id and j.id = a.job_id
    where h.team_id = a.team_id and h.attempt_id = a.id and h.received_at >= n.enrolled_at
    returning h.*
  )

  insert into engine.events select r.* from recalled as r
  -- One that was delivered again meanwhile waits under the same key: what came of the first counts.
  on conflict on constraint events_pk do update set
    team_id = excluded.team_id, attempt_id = excluded.attempt_id, received_at = excluded.received_at,
    applied_at = excluded.applied_at, result = excluded.result;
end
$$;
comment on function engine.recall_rows(engine.ended_enrollment[]) is
'Moves jobs, attempts, events and gate decisions of ended enrollments from the history to the hot tables.';
revoke all on function engine.recall_rows(engine.ended_enrollment[]) from public;
