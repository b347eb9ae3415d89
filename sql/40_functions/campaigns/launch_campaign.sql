-- CREATED to ACTIVE now, or to SCHEDULED when a later time is given; one that is past is refused. With p_dry_run nothing changes,
-- and the answer says what would: the numbers of a confirmation dialog.
create or replace function public.launch_campaign(
  p_campaign_id uuid,
  p_at timestamptz default null,
  p_dry_run boolean default false
)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- a list of a million takes longer than the API's usual eight seconds
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns;
  v_to public.campaign_status :=
    case when p_at > engine.now() then 'SCHEDULED' else 'ACTIVE' end::public.campaign_status;
  v_blockers jsonb;
  v_members bigint;
begin
  -- Before the campaign is locked, so that a lead that comes now waits for the launch.
  if not v_dry_run then
    perform engine.still_list(engine.require_campaign(p_campaign_id, 'operator'));
  end if;
  v_campaign := engine.take_campaign(p_campaign_id, 'launch', v_dry_run);
  if not v_dry_run then
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
  end if;
  perform engine.refuse_issues(engine.start_issues('p_at', p_at, v_campaign.team_id), 'The launch');
  v_blockers := engine.launch_blockers(v_campaign);
  if not v_dry_run then
    -- Again: the campaign may have been changed before it was locked, and who was waited for may have committed.
    if v_to = 'ACTIVE' then
      v_blockers := v_blockers || engine.filling_blockers(v_campaign);
    end if;
    perform engine.refuse_blockers(v_blockers, 'The campaign');
  end if;
  select l.member_count::bigint into v_members
  from public.audience_lists as l
  where l.team_id = v_campaign.team_id and l.id = v_campaign.list_id;
  if not v_dry_run and v_to = 'ACTIVE' then
    v_members := engine.activate_campaign(v_campaign.team_id, v_campaign.id)::bigint;
  elsif not v_dry_run then
    update public.campaigns as c
    set status = 'SCHEDULED', scheduled_at = p_at, updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
  end if;
  return engine.tell_campaign_step(
    v_campaign, v_to, v_dry_run, engine.launch_message(v_campaign, v_to, p_at, v_members, v_blockers, v_dry_run),
    jsonb_build_object('at', coalesce(p_at, engine.now()), 'members', v_members, 'blockers', v_blockers)
  );
end
$$;
comment on function public.launch_campaign(uuid, timestamptz, boolean) is
'Launches a campaign now or at p_at: {campaign_id, from, to, dry_run, at, message, members, blockers}. OB001, OB002, OB004, OB007, OB008.';
revoke all on function public.launch_campaign(uuid, timestamptz, boolean) from public;
grant execute on function public.launch_campaign(uuid, timestamptz, boolean) to authenticated, service_role;
