-- One list, one published workflow, one sending number, and whom of the list to leave out or to target.
create or replace function public.create_campaign(
  p_name text,
  p_list_id uuid,
  p_workflow_id uuid,
  p_phone_number_id uuid,
  p_max_lateness text default 'P2D',
  p_is_continuous boolean default false,
  p_priority integer default 100,
  p_team_id uuid default null,
  p_exclusions jsonb default null,
  p_targeting jsonb default null,
  p_retry_budget integer default 10
)
returns public.campaigns
language plpgsql
security definer -- writes public.campaigns, which no role may write
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
begin
  v_campaign.team_id := engine.require_team(p_team_id, 'operator');
  v_campaign.name := p_name;
  v_campaign.list_id := p_list_id;
  v_campaign.workflow_id := p_workflow_id;
  v_campaign.phone_number_id := p_phone_number_id;
  v_campaign.retry_budget := p_retry_budget;
  perform engine.hold_workflow(v_campaign.team_id, p_workflow_id);
  perform engine.refuse_issues(
    engine.campaign_issues(v_campaign, p_max_lateness, p_priority, p_exclusions, p_targeting), 'The campaign'
  );
  insert into public.campaigns (
    team_id, name, list_id, workflow_id, phone_number_id, max_lateness, is_continuous, priority, exclusions, targeting,
    retry_budget
  )
  values (
    v_campaign.team_id, btrim(p_name), p_list_id, p_workflow_id, p_phone_number_id,
    engine.parse_duration(p_max_lateness), coalesce(p_is_continuous, false), p_priority,
    engine.read_exclusions(v_campaign.team_id, coalesce(p_exclusions, '{}')),
    engine.read_targeting(coalesce(p_targeting, '{}')),
    p_retry_budget
  )
  returning * into v_campaign;
  return v_campaign;
end
$$;
comment on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid, jsonb, jsonb, integer) is
'Creates a campaign (status CREATED). p_max_lateness is an ISO 8601 duration, p_exclusions like those of lists, p_targeting '
'{tags?[], campaigns?[], business_units?[]} of ServiceTitan ids; p_retry_budget says how many retries one enrollment has, whatever the '
'node. OB001 lists all that is wrong.';
revoke all on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid, jsonb, jsonb, integer) from public;
grant execute on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid, jsonb, jsonb, integer)
to authenticated, service_role;
