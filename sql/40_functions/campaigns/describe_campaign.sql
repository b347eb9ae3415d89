-- A campaign as tables and pages show it, with what it is made of, how far it is, and what can be done.
create or replace function engine.describe_campaign(p_campaign public.campaigns, p_may_act boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select to_jsonb(p_campaign)
    - '{list_id,workflow_id,phone_number_id,needs_workflow_status,needs_list_status,max_lateness}'::text[]
    || jsonb_build_object(
      'max_lateness', engine.format_duration(p_campaign.max_lateness),
      'list', jsonb_build_object('id', l.id, 'name', l.name, 'status', l.status, 'member_count', l.member_count),
      'workflow', jsonb_build_object('id', w.id, 'name', w.name, 'version', w.version, 'status', w.status),
      'phone_number', jsonb_build_object('id', f.id, 'phone', f.phone),
      'counts', to_jsonb(n), 'actions', engine.campaign_actions(p_campaign, p_may_act)
    )
  from public.audience_lists as l
  inner join public.workflows as w on w.team_id = p_campaign.team_id and w.id = p_campaign.workflow_id
  inner join public.phone_numbers as f on f.team_id = p_campaign.team_id and f.id = p_campaign.phone_number_id
  cross join engine.campaign_counts(p_campaign.team_id, p_campaign.id) as n
  where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id
$$;
comment on function engine.describe_campaign(public.campaigns, boolean) is
'A campaign with its list, workflow, number, counts and actions.';
revoke all on function engine.describe_campaign(public.campaigns, boolean) from public;
