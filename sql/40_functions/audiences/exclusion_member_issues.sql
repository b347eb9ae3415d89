-- What is wrong with the elements of one exclusion that is a list.
create or replace function engine.exclusion_member_issues(p_team_id uuid, p_list_id uuid, p_name text, p_values jsonb)
returns setof jsonb
language sql
stable
set search_path = ''
as $$
  with given as materialized (
    select
      v.place, jsonb_typeof(v.value) as kind, v.value #>> '{}' as written,
      format('p_exclusions.%s.%s', p_name, v.place - 1) as path
    from jsonb_array_elements(p_values) with ordinality as v (value, place)
    where jsonb_array_length(p_values) <= 10000
  )

  select engine.issue('exclusion_too_many', 'p_exclusions.' || p_name, 'At most 10,000 can be listed.')
  where jsonb_array_length(p_values) > 10000
  union all
  select engine.issue('exclusion_list_unknown', g.path, 'There is no such audience list.')
  from given as g
  where p_name = 'list_ids' and not exists (
    select from public.audience_lists as l where l.team_id = p_team_id and l.id::text = lower(g.written)
  )
  union all
  select engine.issue('exclusion_of_itself', g.path, 'A list cannot leave out its own members.')
  from given as g
  where p_name = 'list_ids' and lower(g.written) = p_list_id::text
  union all
  select engine.issue('exclusion_campaign_unknown', g.path, 'There is no such campaign.')
  from given as g
  where p_name = 'campaign_ids' and not exists (
    select from public.campaigns as c where c.team_id = p_team_id and c.id::text = lower(g.written)
  )
  union all
  select engine.issue('exclusion_tag_malformed', g.path, 'A tag is the whole number that ServiceTitan gave it.')
  from given as g
  where p_name = 'tags' and (g.kind not in ('number', 'string') or coalesce(g.written, '') !~ '^[0-9]{1,18}$')
  union all
  select engine.issue('exclusion_phone_invalid', g.path, case
    -- Only the first would be left out.
    when p.others <> '{}' then 'Give each number by itself.'
    else coalesce(r.message, 'This is not a phone number.')
  end)
  from public.teams as t
  cross join lateral engine.parse_phones(
    (select array_agg(g.written order by g.place) from given as g where p_name = 'phones'), t.country, t.is_sandbox
  ) as p
  inner join given as g on p.ordinal = g.place
  left join reference.import_problems as r on p.problem = r.code
  where p_name = 'phones' and t.id = p_team_id and (p.phone is null or p.others <> '{}')
$$;
comment on function engine.exclusion_member_issues(uuid, uuid, text, jsonb) is
'Issues of the elements of list_ids, campaign_ids, tags or phones.';
revoke all on function engine.exclusion_member_issues(uuid, uuid, text, jsonb) from public;
