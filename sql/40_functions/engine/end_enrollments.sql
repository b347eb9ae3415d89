-- Ends enrollments, position by position. An enrollment that has ended stays as it ended.
create or replace function engine.end_enrollments(
  p_team_ids uuid[],
  p_enrollment_ids uuid[],
  p_statuses public.enrollment_status[],
  p_reason_codes text[]
)
returns void
language sql
volatile
set search_path = ''
as $$
  update engine.enrollments as e
  set
    status = engine.final_status(n.status, e.booked_at is not null),
    reason_code = case
      when e.booked_at is not null and engine.final_status(n.status, true) = 'BOOKED' then 'booked' else n.reason_code
    end,
    ended_at = c.now
  from unnest(p_team_ids, p_enrollment_ids, p_statuses, p_reason_codes)
    as n (team_id, id, status, reason_code)
  cross join (select engine.now() as now) as c
  where e.team_id = n.team_id and e.id = n.id and e.ended_at is null -- ACTIVE, said so that no plan takes the index of all active ones for this
$$;
comment on function engine.end_enrollments(uuid[], uuid[], public.enrollment_status[], text[]) is
'Ends active enrollments with a status and a reason each.';
revoke all on function engine.end_enrollments(uuid[], uuid[], public.enrollment_status[], text[]) from public;
