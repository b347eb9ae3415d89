-- The move itself; the caller holds the enrollments and their jobs. An event that has not been applied stays:
-- whoever applies it brings the rest back. Jobs go last, because the others are found through them.
create or replace function engine.move_finished(p_ended engine.ended_enrollment[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  with moved as (
    delete from engine.events as e
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    inner join engine.attempts as a on j.team_id = a.team_id and j.id = a.job_id
    where e.team_id = a.team_id and e.attempt_id = a.id and e.result <> 'waiting'
    returning e.*
  )

  insert into engine.event_history select m.* from moved as m;

  with moved as (
    delete from engine.gate_decisions as d
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    where d.team_id = j.team_id and d.job_id = j.id
    returning d.*
  )

  insert into engine.gate_decision_history select m.* from moved as m;

  with moved as (
    delete from engine.attempts as a
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    where a.team_id = j.team_id and a.job_id = j.id
    returning a.*
  )

  insert into engine.attempt_history select m.* from moved as m;

  with moved as (
    delete from engine.jobs as j
    using unnest(p_ended) as n
    where j.team_id = n.team_id and j.enrollment_id = n.enrollment_id
    returning j.*
  )

  insert into engine.job_history select m.* from moved as m;
end
$$;
comment on function engine.move_finished(engine.ended_enrollment[]) is
'Moves the jobs, attempts, applied events and gate decisions of ended enrollments to the history tables.';
revoke all on function engine.move_finished(engine.ended_enrollment[]) from public;
