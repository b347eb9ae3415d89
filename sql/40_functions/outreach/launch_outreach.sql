-- A launch straight from a list's scheduling dialog. The list, and then all launches of the team, are locked before
-- anything is looked at, so that of two operators who press at once, over one list or over two that share customers, the
-- second sees what the first did.
create or replace function public.launch_outreach(
  p_list_id uuid,
  p_kind text,
  p_channel text,
  p_phone_number_id uuid,
  p_assistant_id uuid default null,
  p_template text default null,
  p_hold_reason_id bigint default null,
  p_hold_memo text default null,
  p_name text default null,
  p_settings jsonb default '{}',
  p_dry_run boolean default false,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes the outreach, campaign and workflow tables, which no role may write
set search_path = ''
set statement_timeout = '10min' -- as of launch_campaign
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_outreach public.outreaches;
  v_issues jsonb;
  v_blockers jsonb;
  v_answer jsonb;
begin
  if p_team_id <> v_list.team_id then
    perform engine.refuse_not_found('audience_list', p_list_id);
  end if;
  if not v_dry_run then
    select l.* into v_list from public.audience_lists as l
    where l.team_id = v_list.team_id and l.id = v_list.id
    for no key update;
    perform engine.lock_outreaches(v_list.team_id);
  end if;
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse_archived_list(v_list.id);
  end if;
  v_issues := engine.outreach_issues(
    v_list.team_id, p_kind, p_channel, p_phone_number_id, p_hold_reason_id, p_hold_memo, p_name
  );
  if p_channel in ('call', 'text') then
    v_issues := v_issues
      || engine.outreach_content_issues(v_list.team_id, p_channel, p_assistant_id, p_template, p_settings);
  end if;
  perform engine.refuse_issues(v_issues, 'The outreach');
  v_outreach.kind := p_kind::public.outreach_kind;
  v_outreach.channel := p_channel::public.contact_channel;
  v_outreach.hold_reason_id := p_hold_reason_id;
  v_outreach.hold_memo := btrim(p_hold_memo, E' \t\r\n');
  v_blockers := engine.outreach_blockers(v_list, v_outreach.kind, v_outreach.channel, p_phone_number_id);
  if v_blockers <> '[]' and not v_dry_run then
    perform engine.refuse(
      'OB007', format('The outreach is not ready: %s', v_blockers -> 0 ->> 'message'),
      jsonb_build_object('blockers', v_blockers), 'Mend what the detail lists, then launch again.'
    );
  end if;
  v_answer := engine.sum_outreach(v_list, v_outreach.kind, v_outreach.channel, null);
  -- Nothing new: nothing is made, and the answer names what exists.
  if not v_dry_run and (v_answer -> 'counts' ->> 'items')::bigint > 0 then
    v_outreach := engine.store_outreach(
      v_list, v_outreach, coalesce(btrim(p_name), left(initcap(p_kind) || ': ' || v_list.name, 200)), p_phone_number_id,
      engine.outreach_graph(p_channel, p_kind, p_assistant_id, p_template, p_settings)
    );
    perform engine.fill_outreach(v_list, v_outreach);
    v_answer := engine.sum_outreach(v_list, v_outreach.kind, v_outreach.channel, v_outreach.id);
  end if;
  return jsonb_build_object(
    'outreach_id', v_outreach.id, 'campaign_id', v_outreach.campaign_id, 'dry_run', v_dry_run, 'blockers', v_blockers
  ) || v_answer;
end
$$;
comment on function public.launch_outreach(
  uuid, text, text, uuid, uuid, text, bigint, text, text, jsonb, boolean, uuid
) is
'Launches maintenance, reschedule or text over a list: {outreach_id, campaign_id (both null when all are duplicates), dry_run, '
'blockers, counts{members, items, duplicates, without_appointment, same_customer, suppressed, holds}, duplicates[{contact_id, phone, item_id, '
'outreach_id, status, dedupe_hash}], left_out[{contact_id, phone, code, message}]}. OB001, OB003, OB004, OB007.';
revoke all on function public.launch_outreach(
  uuid, text, text, uuid, uuid, text, bigint, text, text, jsonb, boolean, uuid
) from public;
grant execute on function public.launch_outreach(
  uuid, text, text, uuid, uuid, text, bigint, text, text, jsonb, boolean, uuid
) to authenticated, service_role;
