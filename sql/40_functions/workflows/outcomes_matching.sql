-- Which outcomes an edge's rule matches; empty when the rule does not fit the node. A caller with
-- many edges joins reference.edge_rules itself.
create or replace function engine.outcomes_matching(p_node_type public.node_type, p_when text)
returns public.job_outcome[]
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return array(
    select r.outcome
    from reference.edge_rules as r
    where r.node_type = p_node_type and r.rule = p_when
    order by r.outcome
  );
end
$$;
comment on function engine.outcomes_matching(public.node_type, text) is
'The outcomes that a rule on an edge of such a node matches. reply_matches matches replied, and then only with one of its phrases.';
revoke all on function engine.outcomes_matching(public.node_type, text) from public;
