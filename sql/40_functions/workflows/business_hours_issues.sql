-- Windows of weekdays: well formed, not overlapping, and at least one of them where the law lets
-- anybody be reached. Only hours in the contact's own zone can be compared with the legal ones: in
-- any other zone the contact's clock shows another time.
create or replace function engine.business_hours_issues(p_hours jsonb, p_channel public.contact_channel)
returns setof engine.graph_issue
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone jsonb := coalesce(nullif(p_hours -> 'timezone', 'null'), '"contact"');
  v_weekdays text[] := array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  v_days jsonb := case when jsonb_typeof(p_hours -> 'windows') = 'object' then p_hours -> 'windows' else '{}' end;
begin
  return query
  with days as (
    select d.key, d.value, array_position(v_weekdays, d.key) as weekday
    from jsonb_each(v_days) as d
  ),

  windows as materialized (
    select d.key, d.weekday, w.value, w.window_no - 1 as window_no,
      engine.is_window(w.value) as is_sound, w.value ->> 'start' as starts_at, w.value ->> 'end' as ends_at
    from days as d
    cross join jsonb_array_elements(case when jsonb_typeof(d.value) = 'array' then d.value else '[]' end)
    with ordinality as w (value, window_no)
    where d.weekday is not null
  ),

  compared as (
    select w.key, w.starts_at < max(w.ends_at) over (
      partition by w.key order by w.starts_at, w.window_no rows between unbounded preceding and 1 preceding
    ) as is_overlap
    from windows as w
    where w.is_sound
  ),

  found (code, path, words) as (
    select 'business_hours_invalid', case when jsonb_typeof(p_hours) = 'object' then '.windows' else '' end,
      engine.show_value(case when jsonb_typeof(p_hours) = 'object' then p_hours -> 'windows' else p_hours end)
    where coalesce(jsonb_typeof(p_hours -> 'windows'), 'missing') <> 'object'
    union all
    select 'business_hours_timezone_unknown', '.timezone', engine.show_value(v_zone)
    where jsonb_typeof(p_hours) = 'object' and not engine.is_hours_timezone(v_zone)
    union all
    select 'business_hours_invalid', '.windows.' || to_jsonb(d.key)::text,
      engine.show_value(case when d.weekday is null then to_jsonb(d.key) else d.value end)
    from days as d
    where d.weekday is null or jsonb_typeof(d.value) not in ('array', 'null')
    union all
    select 'business_hours_window_invalid', format('.windows.%s[%s]', w.key, w.window_no),
      case when jsonb_typeof(w.value) = 'object'
        then format('%s to %s', engine.show_value(w.value -> 'start'), engine.show_value(w.value -> 'end'))
        else engine.show_value(w.value) end
    from windows as w
    where not w.is_sound
    union all
    select distinct 'business_hours_overlap', '.windows.' || o.key, o.key from compared as o where o.is_overlap
    union all
    select 'business_hours_never_open', '.windows', ''
    where jsonb_typeof(p_hours -> 'windows') = 'object' and not exists (select from windows)
      and not exists (select from days as d where jsonb_typeof(d.value) not in ('array', 'null') or d.weekday is null)
    union all
    select 'business_hours_outside_legal', '.windows', (
      select format('%s to %s', left(min(c.starts_at)::text, 5), left(max(c.ends_at)::text, 5))
      from reference.calling_windows as c
      where c.channel = p_channel and c.region = ''
    )
    where v_zone = '"contact"' and exists (select from windows as w where w.is_sound) and not exists (
      select from windows as w
      inner join reference.calling_windows as c on w.weekday = c.weekday
      where w.is_sound and c.channel = p_channel and c.region = ''
        and w.starts_at < left(c.ends_at::text, 5) and w.ends_at > left(c.starts_at::text, 5)
    )
  )

  select f.code, null::integer, null::integer, f.path, array[f.words], null::integer, null::integer[]
  from found as f;
end
$$;
comment on function engine.business_hours_issues(jsonb, public.contact_channel) is
'What is wrong with business hours on a node of this channel; paths begin below them.';
revoke all on function engine.business_hours_issues(jsonb, public.contact_channel) from public;
