-- Since when a look has to ask: not from before the oldest match of anybody who may still be called, and a day
-- back from where the last look ended, for a refresh that began before that look and was stored after it. Whoever's
-- journey is over is not looked after any more; one that failed may be opened again, as long as its history is kept, and
-- who waits for the place of another number of hers may get it.
create or replace function engine.start_watch(p_team_id uuid, p_watch_id uuid)
returns table (since timestamptz, until timestamptz)
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_watch engine.servicetitan_watches;
begin
  select w.* into v_watch from engine.servicetitan_watches as w where w.team_id = p_team_id and w.id = p_watch_id;
  if v_watch.id is null then
    return;
  end if;
  delete from engine.enrollment_work as b
  using engine.enrollments as e
  where b.team_id = p_team_id and b.team_id = e.team_id and b.enrollment_id = e.id and (
    (e.status not in ('ACTIVE', 'FAILED') and e.reason_code is distinct from 'same_customer')
    or e.ended_at < (select engine.work_kept_since())
  );
  return query
  select greatest(min(b.matched_at) - interval '1 hour', v_watch.looked_at - interval '1 day'), engine.now()
  from engine.enrollment_work as b
  where b.team_id = p_team_id
  having count(*) > 0;
end
$$;
comment on function engine.start_watch(uuid, uuid) is
'The time whose cancellations a look has to ask for; no row when nobody is enrolled for a job or an appointment.';
revoke all on function engine.start_watch(uuid, uuid) from public;
grant execute on function engine.start_watch(uuid, uuid) to outbound_worker;
