-- The one difference between graphs: what versions are compared by, and what a refused save tells.
create or replace function engine.compare_graphs(p_from jsonb, p_to jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'nodes', engine.compare_elements('node', p_from -> 'nodes', p_to -> 'nodes'),
    'edges', engine.compare_elements('edge', p_from -> 'edges', p_to -> 'edges')
  );
end
$$;
comment on function engine.compare_graphs(jsonb, jsonb) is
'What was added, removed, changed and moved between two stored graphs: {nodes, edges}.';
revoke all on function engine.compare_graphs(jsonb, jsonb) from public;
