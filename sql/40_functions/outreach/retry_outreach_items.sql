-- Tries failed holds once more, where that can help: those that may go better by themselves, and with
-- another reason those whose reason was not active. Asked twice, the second finds none.
create or replace function public.retry_outreach_items(
  p_outreach_id uuid,
  p_item_ids uuid[] default null,
  p_hold_reason_id bigint default null
)
returns jsonb
language plpgsql
security definer -- writes public.outreach_items and tasks, which no role may write
set search_path = ''
set statement_timeout = '10min' -- as of launch_outreach
as $$
declare
  v_outreach public.outreaches := engine.require_outreach(p_outreach_id, 'operator');
  v_item_ids uuid[];
begin
  -- Asked at once, and again under the lock: what was cancelled is not begun again behind anybody's back.
  perform engine.take_campaign(v_outreach.campaign_id, 'retry', true);
  -- Two retries at once: the second sees what the first did.
  select o.* into v_outreach from public.outreaches as o
  where o.team_id = v_outreach.team_id and o.id = v_outreach.id
  for no key update;
  if p_hold_reason_id is not null then
    perform engine.refuse_issues(engine.hold_reason_issues(v_outreach.team_id, p_hold_reason_id), 'The retry');
  end if;
  v_item_ids := array(
    select i.id
    from public.outreach_items as i
    inner join reference.hold_outcomes as h on i.hold_outcome = h.code
    where i.team_id = v_outreach.team_id and i.outreach_id = v_outreach.id and i.status = 'HOLD_FAILED'
      and (p_item_ids is null or i.id = any(p_item_ids))
      and (h.can_retry or (h.code = 'reason_inactive' and p_hold_reason_id is not null))
    order by i.id
  );
  if v_item_ids <> '{}' then
    -- A worker that has just said what came of a hold may not have ended its task yet. What that was for is
    -- done; left open it would stand in the place of the retry's own, and be ended without it.
    update engine.tasks as t
    set status = 'DONE', finished_at = engine.now(), lease_owner = null, lease_expires_at = null
    where t.team_id = v_outreach.team_id and t.kind = 'hold' and t.subject_id = any(v_item_ids)
      and t.status in ('READY', 'CLAIMED');
    perform engine.reopen_campaign(engine.take_campaign(v_outreach.campaign_id, 'retry', false));
    update public.outreaches as o
    set hold_reason_id = coalesce(p_hold_reason_id, o.hold_reason_id)
    where o.team_id = v_outreach.team_id and o.id = v_outreach.id;
    update public.outreach_items as i
    set
      status = 'HOLDING', hold_count = i.hold_count + 1, hold_outcome = null, hold_message = null, hold_ended_at = null
    where i.team_id = v_outreach.team_id and i.id = any(v_item_ids);
    perform engine.add_task(v_outreach.team_id, 'hold', i.id) from unnest(v_item_ids) as i (id);
  end if;
  return jsonb_build_object(
    'outreach_id', v_outreach.id, 'campaign_id', v_outreach.campaign_id, 'retried', cardinality(v_item_ids),
    'counts', engine.count_items(v_outreach.team_id, v_outreach.id)
  );
end
$$;
comment on function public.retry_outreach_items(uuid, uuid[], bigint) is
'Tries failed holds again where that can help, all or those named; with p_hold_reason_id also those whose reason was not '
'active: {outreach_id, campaign_id, retried, counts{items, holding, hold_failed, can_retry, enrolled, cancelled}}. OB001, OB002, '
'OB004, OB007.';
revoke all on function public.retry_outreach_items(uuid, uuid[], bigint) from public;
grant execute on function public.retry_outreach_items(uuid, uuid[], bigint) to authenticated, service_role;
