-- One list, one published workflow, one sending number.
create or replace function public.create_campaign(
  p_name text,
  p_list_id uuid,
  p_workflow_id uuid,
  p_phone_number_id uuid,
  p_max_lateness text default 'P2D',
  p_is_continuous boolean default false,
  p_priority integer default 100,
  p_team_id uuid default null
)
returns public.campaigns
language plpgsql
security definer -- writes public.campaigns, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_max_lateness interval := engine.parse_duration(p_max_lateness);
  v_issues jsonb := '[]'::jsonb;
  v_campaign public.campaigns;
begin
  if coalesce(btrim(p_name), '') = '' or length(btrim(p_name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if not exists (select from public.audience_lists where team_id = v_team_id and id = p_list_id and status = 'ACTIVE') then
    v_issues := v_issues || engine.issue('list_unknown', 'p_list_id', 'There is no such active audience list.');
  end if;
  perform engine.hold_workflow(v_team_id, p_workflow_id);
  if not exists (
    select from public.workflows where team_id = v_team_id and id = p_workflow_id and status = 'PUBLISHED'
  ) then
    v_issues := v_issues || engine.issue('workflow_not_published', 'p_workflow_id', 'There is no such published workflow.');
  end if;
  if not exists (select from public.phone_numbers where team_id = v_team_id and id = p_phone_number_id) then
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
  perform engine.refuse_issues(v_issues, 'The campaign');
  insert into public.campaigns (
    team_id, name, list_id, workflow_id, phone_number_id, max_lateness, is_continuous, priority
  )
  values (
    v_team_id, btrim(p_name), p_list_id, p_workflow_id, p_phone_number_id, v_max_lateness,
    coalesce(p_is_continuous, false), p_priority
  )
  returning * into v_campaign;
  return v_campaign;
end
$$;
comment on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid) is
'Creates a campaign (status CREATED). p_max_lateness is an ISO 8601 duration. OB001 lists all that is wrong.';
revoke all on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid) from public;
grant execute on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid)
to authenticated, service_role;
