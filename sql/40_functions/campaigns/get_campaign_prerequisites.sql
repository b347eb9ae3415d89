-- Everything that the campaign dialog lets people choose from, in one call. The cached names of ServiceTitan
-- are refreshed when they are old, as get_servicetitan_catalogue does.
create or replace function public.get_campaign_prerequisites(p_team_id uuid default null)
returns jsonb
language plpgsql
security definer -- reads the engine for a caller who was checked
set search_path = ''
as $$
declare
  c_most constant integer := 500;
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_catalogue jsonb := public.get_servicetitan_catalogue('tag_types', p_team_id => v_team_id);
begin
  return jsonb_build_object(
    'workflows', engine.workflow_choices(v_team_id, c_most),
    'lists', engine.list_choices(v_team_id, c_most),
    'phone_numbers', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', f.id, 'phone', f.phone, 'label', f.label,
        'channels', to_jsonb(array_remove(array[
          case when f.is_verified_for_calls then 'call' end, case when f.is_verified_for_texts then 'text' end
        ], null)),
        'rate_per_minute', f.rate_per_minute, 'daily_limit', f.daily_limit
      ) order by f.label, f.phone), '[]')
      from public.phone_numbers as f
      where f.team_id = v_team_id
    ),
    'integrations', public.get_integration_health(v_team_id),
    'servicetitan', (v_catalogue - 'kind' - 'items') || jsonb_build_object(
      'tags', v_catalogue -> 'items',
      'campaigns', public.get_servicetitan_catalogue('campaigns', p_team_id => v_team_id) -> 'items',
      'business_units', public.get_servicetitan_catalogue('business_units', p_team_id => v_team_id) -> 'items'
    ),
    'campaigns', (
      select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'status', c.status) order by c.id desc), '[]')
      from (
        select k.id, k.name, k.status from public.campaigns as k
        where k.team_id = v_team_id and k.kind = 'campaign'
        order by k.id desc
        limit c_most
      ) as c
    )
  );
end
$$;
comment on function public.get_campaign_prerequisites(uuid) is
'{workflows[{id, lineage_id, name, version, published_at, channels[], blockers[]}], lists[{id, name, source, member_count, last_run, '
'needs_continuous, has_servicetitan}], phone_numbers[{id, phone, label, channels[], rate_per_minute, daily_limit}], '
'integrations[], servicetitan{as_of, is_refreshing, failure_code, failure_message, tags[], campaigns[], business_units[]}, '
'campaigns[{id, name, status}]}: what a campaign can be made of, 500 of each at most, the last changed; lists and campaigns '
'are what exclusions can name too. OB004.';
revoke all on function public.get_campaign_prerequisites(uuid) from public;
grant execute on function public.get_campaign_prerequisites(uuid) to authenticated, service_role;
