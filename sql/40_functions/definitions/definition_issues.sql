-- Everything that is wrong with what says who is in a list, by the source that it is for; null says
-- nothing. A list that asks ServiceTitan may be made before its filter is; it is refreshed with one only.
create or replace function engine.definition_issues(p_definition jsonb, p_source text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(p_definition), 'object') <> 'object'
      then jsonb_build_array(engine.issue('definition_malformed', 'p_definition', 'The definition must be an object.'))
    when p_source in ('csv', 'speed_to_lead') and p_definition <> '{}'
      then jsonb_build_array(engine.issue('definition_not_for_source', 'p_definition', format(
        'A list of source %s has no definition.', p_source
      )))
    when coalesce(p_definition, '{}') = '{}' then '[]'
    when length(p_definition::text) > 100000
      then jsonb_build_array(engine.issue('definition_too_large', 'p_definition', 'The definition is longer than 100,000 characters.'))
    when p_source = 'servicetitan' then engine.servicetitan_definition_issues(p_definition)
    when p_source = 'custom_report' then engine.report_definition_issues(p_definition)
    else '[]'
  end
$$;
comment on function engine.definition_issues(jsonb, text) is
'Issues of a list''s definition for its source; none is an empty array.';
revoke all on function engine.definition_issues(jsonb, text) from public;
