-- What happens at each node but the trigger, read from the counters. Several campaigns are added up when they run
-- versions of one workflow: a node keeps its id from version to version, and the newest says what it is called.
create or replace function public.get_node_metrics(p_campaign_id uuid default null, p_campaign_ids uuid[] default null)
returns table (
  node_id text, type public.node_type, label text, workflow_versions integer[], as_of timestamptz, scheduled bigint,
  waiting bigint, queued bigint, in_progress bigint, completed bigint, failed bigint, cancelled bigint, skipped bigint,
  booked bigint, replied bigint, opted_out bigint, outcomes jsonb
)
language plpgsql
stable
security definer -- reads the engine's counters, for the caller's campaigns only
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set plan_cache_mode = force_generic_plan -- planned once a session, not for each poll
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_campaigns public.campaigns[] := engine.node_campaigns(p_campaign_id, p_campaign_ids);
  v_team_ids uuid[] := array(select c.team_id from unnest(v_campaigns) as c);
  v_ids uuid[] := array(select c.id from unnest(v_campaigns) as c);
begin
  return query
  with nodes as materialized (
    select
      n.id, array_agg(w.version order by w.version) as versions,
      (array_agg(n order by w.version desc nulls last))[1] as newest
    from (select distinct c.team_id, c.workflow_id from unnest(v_campaigns) as c) as k
    inner join public.workflows as w on k.team_id = w.team_id and k.workflow_id = w.id
    inner join public.workflow_nodes as n on w.team_id = n.team_id and w.id = n.workflow_id and n.type <> 'trigger'
    group by n.id
  ),

  work as materialized (
    select
      w.node_id, sum(w.scheduled) as scheduled, sum(w.waiting) as waiting, sum(w.queued) as queued,
      sum(w.in_progress) as in_progress, sum(w.completed) as completed, sum(w.failed) as failed,
      sum(w.cancelled) as cancelled, sum(w.skipped) as skipped
    from engine.count_work(v_team_ids, v_ids) as w
    group by 1
  )

  select
    n.id, (n.newest).type, (n.newest).label, n.versions, engine.now(), coalesce(w.scheduled, 0)::bigint,
    coalesce(w.waiting, 0)::bigint, coalesce(w.queued, 0)::bigint, coalesce(w.in_progress, 0)::bigint,
    coalesce(w.completed, 0)::bigint, coalesce(w.failed, 0)::bigint, coalesce(w.cancelled, 0)::bigint,
    coalesce(w.skipped, 0)::bigint, coalesce(o.booked, 0), coalesce(o.replied, 0), coalesce(o.opted_out, 0),
    coalesce(o.outcomes, '{}')
  from nodes as n
  left join work as w on n.id = w.node_id
  left join engine.count_outcomes(v_team_ids, v_ids) as o on n.id = o.node_id
  order by (n.newest).position_y, (n.newest).position_x, n.id;
end
$$;
comment on function public.get_node_metrics(uuid, uuid[]) is
'One row for each node but the trigger, in jobs: scheduled = waiting + queued + in_progress + completed + failed + cancelled + '
'skipped; outcomes as {outcome: jobs}; booked counts contacts whose booking the node made. Several campaigns must run versions '
'of one workflow. OB001, OB004, OB009.';
revoke all on function public.get_node_metrics(uuid, uuid[]) from public;
grant execute on function public.get_node_metrics(uuid, uuid[]) to authenticated, service_role;
