-- What is wrong with one group or condition, its children apart.
create or replace function engine.match_node_issues(p_path text, p_node jsonb, p_depth integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_node) is distinct from 'object'
      or (select count(*) from jsonb_object_keys(case jsonb_typeof(p_node) when 'object' then p_node else '{}' end)) <> 1
      then jsonb_build_array(engine.issue(
        'node_malformed', p_path, 'This must be an object with one key: all, any, not, or the kind of a condition.'
      ))
    when p_depth > 6
      then jsonb_build_array(engine.issue('definition_too_deep', p_path, 'Groups may lie at most five deep.'))
    when p_node ?| '{all,any}' then case
      when coalesce(jsonb_typeof(coalesce(p_node -> 'all', p_node -> 'any')), '') <> 'array'
        or coalesce(p_node -> 'all', p_node -> 'any') = '[]'
        then jsonb_build_array(engine.issue('node_malformed', p_path, 'A group must be a list with something in it.'))
      else '[]'
    end
    when p_node ? 'not' then '[]'
    else (
      select engine.condition_issues(p_path || '.' || k.kind, k.kind, k.said)
      from jsonb_each(p_node) as k (kind, said)
    )
  end
$$;
comment on function engine.match_node_issues(text, jsonb, integer) is 'Issues of a group or a condition of a definition.';
revoke all on function engine.match_node_issues(text, jsonb, integer) from public;
