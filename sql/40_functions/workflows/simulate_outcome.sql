-- What comes of a simulated visit: what the script says for it, else a sample that depends on nothing but
-- the seed, the node and the visit, so that a simulation can be repeated. A sampled reply says one of the
-- phrases that the node's edges look for, or none of them.
create or replace function engine.simulate_outcome(
  p_node public.workflow_nodes,
  p_visit integer,
  p_script jsonb,
  p_seed integer,
  p_edges engine.edge_choice[]
)
returns engine.simulated_outcome
language plpgsql
stable
set search_path = ''
as $$
declare
  v_said jsonb := nullif(p_script -> p_node.id -> (p_visit - 1), 'null');
  v_window interval := (p_node.config ->> 'reply_window')::interval;
  v_key text := format('%s|%s|%s', p_seed, p_node.id, p_visit);
  v_replies text[] := array(
    select p.phrase from unnest(p_edges) as e cross join unnest(e.phrases) as p (phrase) order by p.phrase
  ) || array['Who is this?'];
  v_outcome public.job_outcome := coalesce(
    v_said ->> 'outcome', case when jsonb_typeof(v_said) = 'string' then v_said #>> '{}' end
  )::public.job_outcome;
  v_takes interval := engine.parse_duration(v_said ->> 'after');
begin
  if v_outcome is null then
    select s.outcome into v_outcome
    from (
      select o.outcome, sum(o.weight) over (order by o.outcome) as upto, sum(o.weight) over () as total
      from reference.simulated_outcomes as o
      where o.node_type = p_node.type and o.awaits_reply = (v_window is not null)
    ) as s
    where s.upto > mod(mod(hashtextextended(v_key, 0), s.total) + s.total, s.total)
    order by s.upto
    limit 1;
  end if;
  if v_takes is null or v_outcome = 'no_reply' then
    select least(coalesce(o.takes, v_window), v_window) into v_takes
    from reference.simulated_outcomes as o
    where o.node_type = p_node.type and o.awaits_reply = (v_window is not null) and o.outcome = v_outcome;
  end if;
  return (
    v_outcome,
    case
      when v_said is not null then v_said ->> 'reply_text'
      when v_outcome = 'replied'
        then v_replies[1 + mod(abs(mod(hashtextextended(v_key, 1), 1000000)), cardinality(v_replies))]
    end,
    v_takes,
    case when v_said is null then 'sampled' else 'scripted' end
  )::engine.simulated_outcome;
end
$$;
comment on function
engine.simulate_outcome(public.workflow_nodes, integer, jsonb, integer, engine.edge_choice[]) is
'The scripted or else sampled outcome of a visit (from 1) of a node, with how long after sending it is known.';
revoke all on function
engine.simulate_outcome(public.workflow_nodes, integer, jsonb, integer, engine.edge_choice[]) from public;
