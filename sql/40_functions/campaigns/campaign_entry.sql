-- Where a workflow begins: the node that the trigger leads to, by the rule that every step follows.
create or replace function engine.campaign_entry(p_team_id uuid, p_workflow_id uuid)
returns table (node_id text, channel public.contact_channel, delay interval)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select n.id, n.type::text::public.contact_channel, d.delay
  from public.workflow_nodes as t
  -- Every edge of a trigger matches, so engine.decide_steps takes the first.
  cross join lateral (
    select e.target, e.delay
    from public.workflow_edges as e
    where e.team_id = t.team_id and e.workflow_id = t.workflow_id and e.source = t.id
    order by e.priority, e.id
    limit 1
  ) as d
  inner join public.workflow_nodes as n
    on t.team_id = n.team_id and t.workflow_id = n.workflow_id and d.target = n.id
  where t.team_id = p_team_id and t.workflow_id = p_workflow_id and t.type = 'trigger';
end
$$;
comment on function engine.campaign_entry(uuid, uuid) is 'The first node of a workflow, its channel, and the delay before it.';
revoke all on function engine.campaign_entry(uuid, uuid) from public;
