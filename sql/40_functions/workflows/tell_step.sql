-- A decision and how it came about, in words: the step that is next, and each edge with why it is taken or
-- not.
create or replace function engine.tell_step(p_ended engine.ended_visit, p_decision engine.decision)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'next', jsonb_build_object(
      'kind', k.kind,
      'edge_id', p_decision.edge_id,
      'target', p_decision.target,
      'delay', case when k.kind <> 'end' then engine.format_duration(coalesce(p_decision.delay, interval '0')) end,
      'reason', case
        when k.kind = 'retry' then format(
          '%s is tried again: retry %s of %s.', p_ended.outcome, p_ended.dialled, p_ended.retry ->> 'max_retries'
        )
        when p_ended.outcome = 'opted_out' then 'An opt-out ends every journey.'
        when k.kind = 'edge' and p_ended.outcome is null then 'The journey begins.'
        when k.kind = 'edge' then format('The first edge that matches %s.', p_ended.outcome)
        when cardinality(p_ended.edges) = 0 then 'Nothing follows.'
        else format('No edge matches %s.', p_ended.outcome)
      end
    ),
    'edges', coalesce((
      select jsonb_agg(jsonb_build_object(
        'edge_id', w.edge_id, 'when', w.rule, 'priority', w.priority, 'target', w.target,
        'matches', w.matches, 'taken', w.is_first and k.kind = 'edge',
        'reason', case
          when k.kind = 'retry' then 'The node is tried again first.'
          when p_ended.outcome = 'opted_out' then 'An opt-out goes on nowhere.'
          when w.matches and w.is_first then 'Matches, and is tried first.'
          when w.matches then 'Matches, but another edge is tried before it.'
          when w.rule = 'reply_matches' and p_ended.outcome = 'replied' then 'The reply has none of its phrases.'
          else format('%s is not %s.', p_ended.outcome, w.rule)
        end
      ) order by w.priority, w.edge_id)
      from engine.weigh_edges(array[p_ended]) as w
    ), '[]')
  )
  from (
    select case
      when p_decision.is_retry then 'retry' when p_decision.edge_id is not null then 'edge' else 'end'
    end as kind
  ) as k
$$;
comment on function engine.tell_step(engine.ended_visit, engine.decision) is
'{next: {kind, edge_id, target, delay, reason}, edges: [{edge_id, when, priority, target, matches, taken, reason}]} of a decision.';
revoke all on function engine.tell_step(engine.ended_visit, engine.decision) from public;
