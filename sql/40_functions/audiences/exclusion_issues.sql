-- Everything that is wrong with a list's exclusions, at once. Lists and campaigns must be the team's:
-- another team's are as unknown as those that never were.
create or replace function engine.exclusion_issues(p_team_id uuid, p_list_id uuid, p_exclusions jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb;
begin
  if jsonb_typeof(p_exclusions) <> 'object' then
    return jsonb_build_array(engine.issue('exclusions_malformed', 'p_exclusions', 'The exclusions must be an object.'));
  end if;
  select coalesce(jsonb_agg(i.issue order by k.place, i.issue ->> 'path'), '[]') into v_issues
  from jsonb_each(p_exclusions) with ordinality as k (name, value, place)
  cross join lateral (
    select engine.issue(
      'exclusion_unknown', 'p_exclusions.' || k.name,
      'There is no such exclusion; there are list_ids, campaign_ids, tags, contacted_within, booked_within, already_booked and phones.'
    ) as issue
    where k.name not in (
      'list_ids', 'campaign_ids', 'tags', 'contacted_within', 'booked_within', 'already_booked', 'phones'
    )
    union all
    select engine.issue(
      'exclusion_malformed', 'p_exclusions.already_booked', 'Whether whoever has booked is left out is true or false.'
    )
    where k.name = 'already_booked' and jsonb_typeof(k.value) not in ('boolean', 'null')
    union all
    select engine.issue(
      'exclusion_duration_malformed', 'p_exclusions.' || k.name,
      'The time must be an ISO 8601 duration from PT1M to P3650D, such as P30D.'
    )
    where k.name in ('contacted_within', 'booked_within') and jsonb_typeof(k.value) <> 'null'
      and not engine.is_duration(k.value, interval '1 minute', interval '3650 days')
    union all
    select engine.issue('exclusion_malformed', 'p_exclusions.' || k.name, 'This must be a list.')
    where k.name in ('list_ids', 'campaign_ids', 'tags', 'phones') and jsonb_typeof(k.value) not in ('array', 'null')
    union all
    select m.issue
    from engine.exclusion_member_issues(p_team_id, p_list_id, k.name, k.value) as m (issue)
    where k.name in ('list_ids', 'campaign_ids', 'tags', 'phones') and jsonb_typeof(k.value) = 'array'
  ) as i;
  return v_issues;
end
$$;
comment on function engine.exclusion_issues(uuid, uuid, jsonb) is
'Issues of the exclusions of a list (null: a list to be); none is an empty array.';
revoke all on function engine.exclusion_issues(uuid, uuid, jsonb) from public;
