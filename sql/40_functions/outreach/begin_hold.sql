-- What a worker asks before it asks ServiceTitan: whether the hold is still wanted. A paused campaign
-- waits, one that has ended lets go, and for a customer who can't be reached any more no appointment is
-- touched: the engine says why she is not contacted.
create or replace function engine.begin_hold(p_worker text, p_task_id uuid)
returns table (step text, appointment_id bigint, reason_id bigint, memo text)
language plpgsql
security definer -- workers may read no table
set search_path = ''
as $$
declare
  v_item public.outreach_items := engine.find_hold(p_worker, p_task_id);
  v_outreach public.outreaches;
  v_status public.campaign_status;
begin
  -- A stop of the number that is about to commit is waited for, then seen; one that comes later waits.
  perform pg_advisory_xact_lock_shared(engine.phone_lock(v_item.team_id, v_item.phone));
  select o.* into v_outreach
  from public.outreaches as o
  where o.team_id = v_item.team_id and o.id = v_item.outreach_id;
  select c.status into v_status
  from public.campaigns as c
  where c.team_id = v_item.team_id and c.id = v_item.campaign_id;
  if v_item.id is null then
    step := 'lost';
  elsif v_item.status <> 'HOLDING' then
    step := 'done';
  elsif v_status = 'PAUSED' then
    step := 'wait';
  elsif v_status <> 'ACTIVE'
    or engine.lock_unreachable(v_item.team_id, v_outreach.channel, array[v_item.contact_id]) <> '{}'
  then
    -- who asked for it before and died leaves an appointment that may be on hold with nobody to call: told
    update public.outreach_items as i
    set
      hold_outcome = 'unknown', hold_ended_at = engine.now(),
      hold_message = 'An earlier try asked for the hold and could not say what came of it; look at the appointment.'
    from engine.tasks as t
    where i.team_id = v_item.team_id and i.id = v_item.id and t.team_id = i.team_id and t.id = p_task_id
      and t.progress -> 'began' = 'true';
    perform engine.enroll_item(v_item);
    step := 'done';
  else
    step := 'hold';
    appointment_id := v_item.servicetitan_appointment_id;
    reason_id := v_outreach.hold_reason_id;
    memo := v_outreach.hold_memo;
  end if;
  return next;
end
$$;
comment on function engine.begin_hold(text, uuid) is
'What to do about a claimed hold: hold (with the appointment, the reason and the memo), wait, done, or lost to another worker.';
revoke all on function engine.begin_hold(text, uuid) from public;
grant execute on function engine.begin_hold(text, uuid) to outbound_worker;
