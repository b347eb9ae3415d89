-- What happens at each node but the trigger, read from the counters.
create or replace function public.get_node_metrics(p_campaign_id uuid)
returns table (
  node_id text, type public.node_type, label text, as_of timestamptz, scheduled bigint, waiting bigint,
  queued bigint, in_progress bigint, completed bigint, failed bigint, cancelled bigint, outcomes jsonb
)
language plpgsql
stable
security definer -- reads the engine's counters, for the caller's campaign only
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_campaign public.campaigns;
begin
  select * into v_campaign
  from public.campaigns
  where team_id = any(engine.caller_team_ids()) and id = p_campaign_id;
  if not found then
    perform engine.refuse_not_found('campaign', p_campaign_id);
  end if;
  return query
  select
    n.id, n.type, n.label, engine.now(), coalesce(sum(k.amount), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'READY' and k.due_at > engine.now()), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'READY' and k.due_at <= engine.now()), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'DONE'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'FAILED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'CANCELLED'), 0)::bigint,
    coalesce(
      jsonb_object_agg(k.outcome, k.by_outcome) filter (where k.outcome <> '' and k.by_outcome <> 0), '{}'
    )
  from public.workflow_nodes as n
  left join (
    select
      c.node_id, c.state, c.outcome, c.due_at, sum(c.amount) as amount,
      sum(sum(c.amount)) over (partition by c.node_id, c.outcome) as by_outcome
    from engine.counters as c
    where c.team_id = v_campaign.team_id and c.campaign_id = v_campaign.id and c.node_id <> ''
    group by c.node_id, c.state, c.outcome, c.due_at
  ) as k on n.id = k.node_id
  where n.team_id = v_campaign.team_id and n.workflow_id = v_campaign.workflow_id and n.type <> 'trigger'
  group by n.id, n.type, n.label, n.position_y, n.position_x
  order by n.position_y, n.position_x, n.id;
end
$$;
comment on function public.get_node_metrics(uuid) is
'One row for each node but the trigger: scheduled = waiting + queued + in_progress + completed + failed + cancelled; outcomes as {outcome: jobs}.';
revoke all on function public.get_node_metrics(uuid) from public;
grant execute on function public.get_node_metrics(uuid) to authenticated, service_role;
