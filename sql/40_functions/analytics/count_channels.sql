-- Jobs of campaigns by channel, which is the type of their node.
create or replace function engine.count_channels(p_team_ids uuid[], p_campaign_ids uuid[])
returns table (
  campaign_id uuid, waiting bigint, queued bigint, in_progress bigint, skipped bigint, channels jsonb
)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  with nodes as materialized (
    select c.id as campaign_id, n.type::text as channel, n.id as node_id
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    cross join lateral (
      select k.team_id, k.id, k.workflow_id
      from public.campaigns as k
      where k.team_id = a.team_id and k.id = a.campaign_id
      offset 0 -- by key, also where the plan is kept
    ) as c
    inner join public.workflow_nodes as n on c.team_id = n.team_id and c.workflow_id = n.workflow_id and n.type <> 'trigger'
  ),

  work as materialized (
    select
      a.campaign_id, k.channel, coalesce(sum(w.waiting), 0)::bigint as waiting, coalesce(sum(w.queued), 0)::bigint as queued,
      coalesce(sum(w.in_progress), 0)::bigint as in_progress, coalesce(sum(w.completed), 0)::bigint as completed,
      coalesce(sum(w.failed), 0)::bigint as failed, coalesce(sum(w.skipped), 0)::bigint as skipped,
      coalesce(sum(w.cancelled), 0)::bigint as cancelled
    from unnest(p_campaign_ids) as a (campaign_id)
    cross join unnest(enum_range(null::public.contact_channel)::text[]) as k (channel)
    left join nodes as n on a.campaign_id = n.campaign_id and k.channel = n.channel
    left join engine.count_work(p_team_ids, p_campaign_ids) as w on n.campaign_id = w.campaign_id and n.node_id = w.node_id
    group by 1, 2
  )

  select
    w.campaign_id, sum(w.waiting)::bigint, sum(w.queued)::bigint, sum(w.in_progress)::bigint, sum(w.skipped)::bigint,
    jsonb_object_agg(w.channel, jsonb_build_object(
      'waiting', w.waiting, 'queued', w.queued, 'in_progress', w.in_progress, 'completed', w.completed,
      'failed', w.failed, 'skipped', w.skipped, 'cancelled', w.cancelled
    ))
  from work as w
  group by 1;
end
$$;
comment on function engine.count_channels(uuid[], uuid[]) is
'Open and skipped jobs by campaign, and all jobs by channel: {call{waiting, queued, in_progress, completed, failed, skipped, cancelled}, text{…}}.';
revoke all on function engine.count_channels(uuid[], uuid[]) from public;
