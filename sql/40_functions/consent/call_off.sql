-- Cancels what has not begun for numbers that are being stopped, across campaigns and outreach. The
-- suppressions are written by now. What has begun can still arrive; nothing begins any more: whatever
-- begins holds the lock of its number, so it was either waited for here, or sees the suppression.
create or replace function engine.call_off(p_stops engine.stop[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_closed engine.closed_job[];
  v_cancelled integer;
begin
  perform pg_advisory_xact_lock(k.key)
  from (select distinct engine.phone_lock(s.team_id, s.phone) as key from unnest(p_stops) as s order by 1) as k;
  perform engine.release_holds(p_stops);

  -- Waits for whoever is ending one of these jobs; the next statement then sees what that made of it, a
  -- retry perhaps.
  perform
  from unnest(p_stops) as s
  inner join engine.jobs as j on s.team_id = j.team_id and s.phone = j.phone
  where (s.channel is null or s.channel = j.channel)
    and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
  order by j.id
  for update of j;

  v_closed := array(
    select (
      j.team_id, j.id, 'suppressed_' || s.reason,
      case s.reason when 'opted_out' then 'OPTED_OUT' else 'SUPPRESSED' end
    )::engine.closed_job
    from unnest(p_stops) as s
    inner join engine.jobs as j on s.team_id = j.team_id and s.phone = j.phone
    where (s.channel is null or s.channel = j.channel)
      and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    order by j.id
    for update of j
  );
  v_cancelled := engine.close_jobs(v_closed);
  perform engine.end_stopped_enrollments(p_stops);
  return v_cancelled;
end
$$;
comment on function engine.call_off(engine.stop[]) is
'Cancels open jobs and waiting holds of numbers that are being stopped; returns how many jobs it cancelled.';
revoke all on function engine.call_off(engine.stop[]) from public;
