-- The edges of one node, out of a workflow's, as the choice among them needs them.
create or replace function engine.edge_choices(p_edges public.workflow_edges[], p_source text)
returns engine.edge_choice[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    select array(
      select (e.id, e.target, e.when_outcome, e.phrases, e.delay, e.priority)::engine.edge_choice
      from unnest(p_edges) as e
      where e.source = p_source
    )
  );
end
$$;
comment on function engine.edge_choices(public.workflow_edges[], text) is 'The edges that leave a node, for engine.weigh_edges.';
revoke all on function engine.edge_choices(public.workflow_edges[], text) from public;
