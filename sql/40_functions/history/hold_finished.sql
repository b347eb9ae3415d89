-- Locks the jobs and then the rows of ended enrollments, and returns those that can be moved: nothing is open,
-- nobody else holds a job or the row. In the order that everybody locks in, and without waiting.
create or replace function engine.hold_finished(p_ended engine.ended_enrollment[])
returns setof engine.ended_enrollment
language plpgsql
set search_path = ''
as $$
declare
  v_held uuid[] := array(
    select j.id
    from unnest(p_ended) as a
    inner join engine.jobs as j on a.team_id = j.team_id and a.enrollment_id = j.enrollment_id
    order by j.id
    for update of j skip locked
  );
begin
  return query
  with busy as materialized (
    select j.enrollment_id
    from unnest(p_ended) as a
    inner join engine.jobs as j on a.team_id = j.team_id and a.enrollment_id = j.enrollment_id
    left join unnest(v_held) as h (id) on j.id = h.id
    where h.id is null or j.finished_at is null
  )

  select a.team_id, a.enrollment_id, a.enrolled_at, a.ended_at
  from unnest(p_ended) as a
  inner join engine.enrollments as e on a.team_id = e.team_id and a.enrollment_id = e.id
  -- Looked at again under the lock: a retry may have opened it.
  where e.ended_at = a.ended_at and e.archived_at is null and e.id not in (select b.enrollment_id from busy as b)
  order by e.id
  for update of e skip locked;
end
$$;
comment on function engine.hold_finished(engine.ended_enrollment[]) is
'Locks ended enrollments and their jobs, and returns those that nobody else holds and nothing is open in.';
revoke all on function engine.hold_finished(engine.ended_enrollment[]) from public;
