-- Everything that is wrong with what a campaign is to be, at once; a campaign's own values that stay as they are
-- are looked at too, because the list may have been archived meanwhile.
create or replace function engine.campaign_issues(
  p_campaign public.campaigns, p_max_lateness text, p_priority integer, p_exclusions jsonb, p_targeting jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb := '[]'::jsonb;
  v_max_lateness interval := engine.parse_duration(p_max_lateness);
begin
  if coalesce(btrim(p_campaign.name), '') = '' or length(btrim(p_campaign.name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if not exists (
    select from public.audience_lists as l
    where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id and l.status = 'ACTIVE'
  ) then
    v_issues := v_issues || engine.issue('list_unknown', 'p_list_id', 'There is no such active audience list.');
  end if;
  if not exists (
    select from public.workflows as w
    where w.team_id = p_campaign.team_id and w.id = p_campaign.workflow_id and w.status = 'PUBLISHED'
  ) then
    v_issues := v_issues || engine.issue('workflow_not_published', 'p_workflow_id', 'There is no such published workflow.');
  end if;
  if not exists (
    select from public.phone_numbers as f where f.team_id = p_campaign.team_id and f.id = p_campaign.phone_number_id
  ) then
    v_issues := v_issues || engine.issue('phone_number_unknown', 'p_phone_number_id', 'There is no such sending number.');
  end if;
  if v_max_lateness is null or v_max_lateness <= interval '0' then
    v_issues := v_issues || engine.issue(
      'duration_malformed', 'p_max_lateness', 'The latest start must be an ISO 8601 duration, such as PT6H or P2D.'
    );
  end if;
  if p_priority is null or p_priority not between 1 and 1000 then
    v_issues := v_issues || engine.issue('priority_range', 'p_priority', 'The priority must be between 1 and 1000.');
  end if;
  if p_campaign.retry_budget is null or p_campaign.retry_budget not between 0 and 100 then
    v_issues := v_issues || engine.issue('retry_budget_range', 'p_retry_budget', 'The retries in all must be between 0 and 100.');
  end if;
  return v_issues || engine.exclusion_issues(p_campaign.team_id, p_campaign.list_id, coalesce(p_exclusions, '{}'))
    || engine.targeting_issues(coalesce(p_targeting, '{}'));
end
$$;
comment on function engine.campaign_issues(public.campaigns, text, integer, jsonb, jsonb) is
'Issues of a campaign that is to be stored, with the arguments as they came; none is an empty array.';
revoke all on function engine.campaign_issues(public.campaigns, text, integer, jsonb, jsonb) from public;
