-- What each rule matches, as bits: sets of outcomes that can be joined and compared in one operation.
create or replace function engine.rule_masks()
returns table (node_type public.node_type, rule text, outcomes integer, settled integer)
language plpgsql
stable
parallel safe
rows 30
set search_path = ''
as $$
begin
  return query
  select r.node_type, r.rule, bit_or(o.flag), case when bool_or(r.is_partial) then 0 else bit_or(o.flag) end
  from reference.edge_rules as r
  inner join engine.outcome_flags() as o on r.outcome = o.outcome
  group by r.node_type, r.rule;
end
$$;
comment on function engine.rule_masks() is
'The rules of edges with the outcomes that they match as bits; settled are those that they match whatever else is so.';
revoke all on function engine.rule_masks() from public;
