-- Everything that is wrong with a campaign's targeting, at once. Ids are ServiceTitan's; what its catalogue
-- does not know yet may still be right, so only their form is checked.
create or replace function engine.targeting_issues(p_targeting jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select coalesce(jsonb_agg(i.issue order by i.issue ->> 'path'), '[]')
  from (
    select engine.issue('targeting_malformed', 'p_targeting', 'The targeting must be an object.') as issue
    where jsonb_typeof(p_targeting) <> 'object'
    union all
    select case
      when k.name not in ('tags', 'campaigns', 'business_units') then engine.issue(
        'targeting_unknown', 'p_targeting.' || k.name, 'There is no such target; there are tags, campaigns and business_units.'
      )
      when jsonb_typeof(k.value) not in ('array', 'null') then engine.issue(
        'targeting_malformed', 'p_targeting.' || k.name, 'This must be a list.'
      )
      when jsonb_typeof(k.value) = 'array' and jsonb_array_length(k.value) > 1000 then engine.issue(
        'targeting_too_many', 'p_targeting.' || k.name, 'At most 1,000 can be listed.'
      )
    end
    from jsonb_each(case when jsonb_typeof(p_targeting) = 'object' then p_targeting else '{}' end) as k (name, value)
    union all
    select engine.issue(
      'targeting_id_malformed', format('p_targeting.%s.%s', k.name, v.place - 1),
      'A target is the whole number that ServiceTitan gave it.'
    )
    from jsonb_each(case when jsonb_typeof(p_targeting) = 'object' then p_targeting else '{}' end) as k (name, value)
    cross join lateral jsonb_path_query(k.value, '$[*]') with ordinality as v (value, place)
    where k.name in ('tags', 'campaigns', 'business_units') and jsonb_typeof(k.value) = 'array' and v.place <= 1000 and (
      jsonb_typeof(v.value) not in ('number', 'string') or coalesce(v.value #>> '{}', '') !~ '^[0-9]{1,18}$'
    )
  ) as i
  where i.issue is not null
$$;
comment on function engine.targeting_issues(jsonb) is 'Issues of a campaign''s targeting; none is an empty array.';
revoke all on function engine.targeting_issues(jsonb) from public;
