-- Calls and texts whose edges leave an outcome out. A text with a reply window ends in a reply or
-- none; one without is done once it is delivered. Opting in is rare and nobody's next step.
create or replace function engine.fallback_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  with settled as (
    select e.source_no, e.source_type, bit_or(r.settled) as outcomes
    from unnest(p_edges) as e
    inner join engine.rule_masks() as r on e.source_type = r.node_type and e.rule = r.rule
    where e.source_type <> 'trigger' and e.source_no is distinct from e.target_no
    group by e.source_no, e.source_type
  ),

  gaps as (
    select
      s.source_no, a.outcomes & ~s.outcomes as outcomes,
      p_list -> s.source_no -> 'data' -> 'reply_window' as reply_window
    from settled as s
    inner join engine.rule_masks() as a on s.source_type = a.node_type and a.rule = 'any'
    where a.outcomes & ~s.outcomes <> 0
  )

  select
    'fallback_missing', g.source_no, null::integer, '', array[string_agg(o.outcome::text, ', ' order by o.outcome)],
    null::integer, null::integer[]
  from gaps as g
  inner join engine.outcome_flags() as o on g.outcomes & o.flag <> 0
  where o.outcome <> 'opted_in' and case
      when coalesce(g.reply_window, 'null') = 'null' then o.outcome not in ('replied', 'no_reply')
      else o.outcome <> 'delivered'
    end
  group by g.source_no;
end
$$;
comment on function engine.fallback_issues(jsonb, engine.graph_edge[]) is
'Calls and texts that have edges, but none for some of their outcomes.';
revoke all on function engine.fallback_issues(jsonb, engine.graph_edge[]) from public;
