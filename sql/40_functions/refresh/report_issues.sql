-- What is wrong with a definition's parameters, by the report's own description of them.
create or replace function engine.report_issues(p_definition jsonb, p_report jsonb)
returns jsonb
language sql
stable
security definer -- workers may execute no helper of the engine's
set search_path = ''
as $$
  with asked as (
    select
      q.item ->> 'name' as name, q.item ->> 'data_type' as data_type,
      coalesce((q.item ->> 'is_array')::boolean, false) as is_array,
      coalesce((q.item ->> 'is_required')::boolean, false) as is_required,
      q.item #> '{accept_values,values}' as accepted
    from jsonb_array_elements(p_report -> 'parameters') as q (item)
  ),
  given as (
    select g.name, g.value from jsonb_each(coalesce(p_definition -> 'parameters', '{}')) as g (name, value) where g.value <> 'null'
  )
  select coalesce(jsonb_agg(i.issue order by i.issue ->> 'path'), '[]')
  from (
    select engine.issue('parameter_missing', 'p_definition.parameters.' || a.name, format('The report asks for %s.', a.name)) as issue
    from asked as a
    where a.is_required and not exists (select from given as g where g.name = a.name)
    union all
    select engine.issue(
      'parameter_unknown', 'p_definition.parameters.' || g.name,
      format('The report has no parameter %s; it has %s.', left(g.name, 100), (select string_agg(a.name, ', ' order by a.name) from asked as a))
    )
    from given as g
    where not exists (select from asked as a where a.name = g.name)
    union all
    select engine.issue('value_invalid', 'p_definition.parameters.' || a.name, case
      when a.is_array <> (jsonb_typeof(g.value) = 'array') then case when a.is_array then 'This must be a list.' else 'This must be one value.' end
      else format('This must be a %s that the report accepts.', lower(a.data_type))
    end)
    from asked as a
    inner join given as g on a.name = g.name
    where a.is_array <> (jsonb_typeof(g.value) = 'array') or exists (
      select from jsonb_array_elements(case when jsonb_typeof(g.value) = 'array' then g.value else jsonb_build_array(g.value) end) as v (one)
      where not engine.fits_parameter(v.one, a.data_type, a.accepted)
    )
  ) as i
$$;
comment on function engine.report_issues(jsonb, jsonb) is
'Issues of a custom report''s parameters against its description {parameters[{name, data_type, is_array, is_required, accept_values{values}}]}.';
revoke all on function engine.report_issues(jsonb, jsonb) from public;
grant execute on function engine.report_issues(jsonb, jsonb) to outbound_worker;
