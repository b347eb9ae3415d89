-- Changes a campaign that has not been launched; null leaves a thing as it is, and {} takes exclusions or
-- targeting away. What is SCHEDULED is unscheduled first: its launch was agreed to as it stands.
create or replace function public.update_campaign(
  p_campaign_id uuid,
  p_name text default null,
  p_list_id uuid default null,
  p_workflow_id uuid default null,
  p_phone_number_id uuid default null,
  p_max_lateness text default null,
  p_is_continuous boolean default null,
  p_priority integer default null,
  p_exclusions jsonb default null,
  p_targeting jsonb default null,
  p_retry_budget integer default null
)
returns public.campaigns
language plpgsql
security definer -- writes public.campaigns, which no role may write
set search_path = ''
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'operator'); -- which asks engine.caller_team_ids
begin
  select c.* into v_campaign
  from public.campaigns as c
  where c.team_id = v_campaign.team_id and c.id = v_campaign.id
  for update;
  if engine.action_refusal(v_campaign, 'update') is not null then
    perform engine.refuse(
      'OB003', engine.action_refusal(v_campaign, 'update'),
      jsonb_build_object('entity', 'campaign', 'id', v_campaign.id, 'status', v_campaign.status), a.hint
    )
    from reference.campaign_actions as a
    where a.action = 'update';
  end if;
  v_campaign.name := btrim(coalesce(p_name, v_campaign.name));
  v_campaign.list_id := coalesce(p_list_id, v_campaign.list_id);
  v_campaign.workflow_id := coalesce(p_workflow_id, v_campaign.workflow_id);
  v_campaign.phone_number_id := coalesce(p_phone_number_id, v_campaign.phone_number_id);
  v_campaign.retry_budget := coalesce(p_retry_budget, v_campaign.retry_budget);
  perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
  perform engine.refuse_issues(engine.campaign_issues(
    v_campaign, coalesce(p_max_lateness, 'P1D'), coalesce(p_priority, v_campaign.priority),
    coalesce(p_exclusions, v_campaign.exclusions), p_targeting
  ), 'The campaign');
  update public.campaigns as c
  set
    name = v_campaign.name,
    list_id = v_campaign.list_id,
    workflow_id = v_campaign.workflow_id,
    phone_number_id = v_campaign.phone_number_id,
    max_lateness = coalesce(engine.parse_duration(p_max_lateness), c.max_lateness),
    is_continuous = coalesce(p_is_continuous, c.is_continuous),
    priority = coalesce(p_priority, c.priority),
    exclusions = case when p_exclusions is null then c.exclusions else engine.read_exclusions(c.team_id, p_exclusions) end,
    targeting = case when p_targeting is null then c.targeting else engine.read_targeting(p_targeting) end,
    retry_budget = v_campaign.retry_budget,
    updated_at = engine.now()
  where c.team_id = v_campaign.team_id and c.id = v_campaign.id
  returning c.* into v_campaign;
  return v_campaign;
end
$$;
comment on function public.update_campaign(uuid, text, uuid, uuid, uuid, text, boolean, integer, jsonb, jsonb, integer) is
'Changes a CREATED campaign and returns it; what is null stays, {} takes exclusions or targeting away. OB001 with every '
'problem, OB003 when it is not CREATED.';
revoke all on function public.update_campaign(uuid, text, uuid, uuid, uuid, text, boolean, integer, jsonb, jsonb, integer) from public;
grant execute on function public.update_campaign(uuid, text, uuid, uuid, uuid, text, boolean, integer, jsonb, jsonb, integer)
to authenticated, service_role;
