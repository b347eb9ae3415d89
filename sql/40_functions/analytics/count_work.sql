-- Jobs of campaigns by node, from the counters: each is in one of the states, whose sum is what was scheduled.
-- What is due is the range of due times up to now; the rest of the READY jobs wait.
create or replace function engine.count_work(p_team_ids uuid[], p_campaign_ids uuid[])
returns table (
  campaign_id uuid, node_id text, scheduled bigint, waiting bigint, queued bigint, in_progress bigint, completed bigint,
  failed bigint, skipped bigint, cancelled bigint
)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  return query
  with jobs as materialized (
    select a.campaign_id, w.*
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    cross join lateral (
      select
        k.node_id, sum(k.amount) as scheduled, sum(k.amount) filter (where k.state = 'READY') as ready,
        sum(k.amount) filter (where k.state in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')) as in_progress,
        sum(k.amount) filter (where k.state = 'DONE') as completed, sum(k.amount) filter (where k.state = 'FAILED') as failed,
        sum(k.amount) filter (where k.state = 'CANCELLED' and k.outcome = 'skipped') as skipped,
        sum(k.amount) filter (where k.state = 'CANCELLED' and k.outcome <> 'skipped') as cancelled
      from engine.counters as k
      where k.team_id = a.team_id and k.campaign_id = a.campaign_id and k.node_id <> ''
      group by 1
    ) as w
  ),

  due as materialized (
    select a.campaign_id, w.*
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    -- grouped for each campaign, so that what is due is looked up as a range, whatever a plan thinks of the whole
    cross join lateral (
      select d.node_id, sum(d.amount) as amount
      from engine.due_counters as d
      where d.team_id = a.team_id and d.campaign_id = a.campaign_id and d.due_at <= v_now
      group by 1
    ) as w
  )

  select
    j.campaign_id, j.node_id, j.scheduled::bigint, (coalesce(j.ready, 0) - coalesce(d.amount, 0))::bigint,
    coalesce(d.amount, 0)::bigint, coalesce(j.in_progress, 0)::bigint, coalesce(j.completed, 0)::bigint,
    coalesce(j.failed, 0)::bigint, coalesce(j.skipped, 0)::bigint, coalesce(j.cancelled, 0)::bigint
  from jobs as j
  left join due as d on j.campaign_id = d.campaign_id and j.node_id = d.node_id;
end
$$;
comment on function engine.count_work(uuid[], uuid[]) is
'Jobs by campaign and node: scheduled = waiting + queued + in_progress + completed + failed + skipped + cancelled.';
revoke all on function engine.count_work(uuid[], uuid[]) from public;
