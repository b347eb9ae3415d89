-- CREATED to ACTIVE now, or to SCHEDULED when a later time is given. With p_dry_run nothing changes,
-- and the answer says what would: the numbers of a confirmation dialog.
create or replace function public.launch_campaign(
  p_campaign_id uuid,
  p_at timestamptz default null,
  p_dry_run boolean default false
)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write
set search_path = ''
set jit = off
set statement_timeout = '10min' -- a list of a million takes longer than the API's usual eight seconds
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_campaign public.campaigns;
  v_blockers jsonb;
  v_to public.campaign_status :=
    case when p_at > engine.now() then 'SCHEDULED' else 'ACTIVE' end::public.campaign_status;
  v_members bigint;
begin
  select * into v_campaign
  from public.campaigns
  where team_id = any(engine.caller_team_ids()) and id = p_campaign_id
  for update;
  if not found then
    perform engine.refuse_not_found('campaign', p_campaign_id);
  end if;
  perform engine.require_role(v_campaign.team_id, 'operator');
  if v_campaign.status <> 'CREATED' then
    perform engine.refuse(
      'OB002',
      format('The campaign is %s; only a CREATED one can be launched.', v_campaign.status),
      jsonb_build_object(
        'entity', 'campaign', 'id', p_campaign_id, 'from', v_campaign.status, 'to', v_to,
        'allowed', engine.legal_steps('campaign', v_campaign.status::text)
      ),
      'Create a new campaign to run it again.'
    );
  end if;
  if not p_dry_run then
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
  end if;
  v_blockers := engine.launch_blockers(v_campaign);
  if jsonb_array_length(v_blockers) > 0 and not p_dry_run then
    perform engine.refuse(
      'OB007',
      format('The campaign is not ready: %s', v_blockers -> 0 ->> 'message'),
      jsonb_build_object('blockers', v_blockers),
      'Mend what the detail lists, then launch again.'
    );
  end if;
  select member_count::bigint into v_members
  from public.audience_lists where team_id = v_campaign.team_id and id = v_campaign.list_id;
  if not p_dry_run and v_to = 'ACTIVE' then
    v_members := engine.activate_campaign(v_campaign.team_id, p_campaign_id)::bigint;
  elsif not p_dry_run then
    update public.campaigns
    set status = 'SCHEDULED', scheduled_at = p_at, updated_at = engine.now()
    where team_id = v_campaign.team_id and id = p_campaign_id;
  end if;
  return jsonb_build_object(
    'campaign_id', p_campaign_id, 'from', v_campaign.status, 'to', v_to, 'dry_run', p_dry_run,
    'at', coalesce(p_at, engine.now()), 'members', v_members, 'blockers', v_blockers
  );
end
$$;
comment on function public.launch_campaign(uuid, timestamptz, boolean) is
'Launches a campaign now or at p_at: {campaign_id, from, to, dry_run, at, members, blockers}. OB002, OB004, OB007.';
revoke all on function public.launch_campaign(uuid, timestamptz, boolean) from public;
grant execute on function public.launch_campaign(uuid, timestamptz, boolean) to authenticated, service_role;
