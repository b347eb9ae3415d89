-- What is wrong with what a list is to be filled from.
create or replace function engine.definition_issues(p_definition jsonb, p_source text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(p_definition), 'null') <> 'object'
      then jsonb_build_array(engine.issue('definition_malformed', 'p_definition', 'The definition must be an object.'))
    when p_source in ('csv', 'speed_to_lead') and p_definition <> '{}'
      then jsonb_build_array(engine.issue('definition_not_for_source', 'p_definition', format(
        'A list of source %s has no definition.', p_source
      )))
    else '[]'
  end
$$;
comment on function engine.definition_issues(jsonb, text) is 'Issues of the definition of a list of a source; none is an empty array.';
revoke all on function engine.definition_issues(jsonb, text) from public;
