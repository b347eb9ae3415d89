-- Brings everything about ended enrollments back into the hot tables, as it was: for news that comes after
-- their move, and for whoever opens one again, who must call this first. The next batch moves those that
-- have ended. What retention has dropped does not come back.
-- The lock comes before the look: a move that is under way has then committed, and is seen.
create or replace function engine.recall_enrollments(p_team_ids uuid[], p_enrollment_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_recalled engine.ended_enrollment[];
begin
  perform
  from unnest(p_team_ids, p_enrollment_ids) as a (team_id, enrollment_id)
  inner join engine.enrollments as e on a.team_id = e.team_id and a.enrollment_id = e.id
  order by e.id
  for update of e;
  v_recalled := array(
    select (e.team_id, e.id, e.enrolled_at, e.ended_at)::engine.ended_enrollment
    from unnest(p_team_ids, p_enrollment_ids) as a (team_id, enrollment_id)
    inner join engine.enrollments as e on a.team_id = e.team_id and a.enrollment_id = e.id
    where e.archived_at is not null
    order by e.id
  );
  if cardinality(v_recalled) = 0 then
    return 0;
  end if;
  perform engine.recall_rows(v_recalled);
  update engine.enrollments as e
  set archived_at = null
  from unnest(v_recalled) as r
  where e.team_id = r.team_id and e.id = r.enrollment_id;
  return cardinality(v_recalled);
end
$$;
comment on function engine.recall_enrollments(uuid[], uuid[]) is
'Brings the jobs, attempts, events and gate decisions of archived enrollments back from the history; returns how many enrollments.';
revoke all on function engine.recall_enrollments(uuid[], uuid[]) from public;
