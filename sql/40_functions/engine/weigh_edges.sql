-- Which edges match what came of visits, and which of them is first: lowest priority number, then id.
-- From a trigger every edge matches, because there is no outcome yet.
create or replace function engine.weigh_edges(p_visits engine.ended_visit[])
returns setof engine.weighed_edge
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select
    w.visit_no, w.id, w.target, w.rule, w.priority, w.delay, w.matches,
    w.matches and row_number() over (partition by w.visit_no, w.matches order by w.priority, w.id) = 1
  from (
    select
      v.visit_no::integer as visit_no, e.id, e.target, e.rule, e.priority, e.delay,
      v.node_type = 'trigger' or (
        r.rule is not null and (not r.is_partial or engine.reply_matches(v.reply_text, e.phrases))
      ) as matches
    from unnest(p_visits) with ordinality as v (
      node_type, outcome, reason_code, reply_text, retry, retries_left, dialled, was_not_dialled, edges, visit_no
    )
    cross join lateral unnest(v.edges) as e
    left join reference.edge_rules as r
      on v.node_type = r.node_type and e.rule = r.rule and v.outcome = r.outcome
  ) as w;
end
$$;
comment on function engine.weigh_edges(engine.ended_visit[]) is
'For each edge of each visit whether it matches, and whether it is the first that does.';
revoke all on function engine.weigh_edges(engine.ended_visit[]) from public;
