-- What came of the jobs of campaigns, by node, and the bookings that each node is credited with.
create or replace function engine.count_outcomes(p_team_ids uuid[], p_campaign_ids uuid[])
returns table (node_id text, outcomes jsonb, replied bigint, opted_out bigint, booked bigint)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  with outcomes as materialized (
    select k.node_id, k.outcome, sum(k.amount)::bigint as amount
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    inner join engine.counters as k on a.team_id = k.team_id and a.campaign_id = k.campaign_id and k.node_id <> ''
    where k.outcome not in ('', 'skipped')
    group by 1, 2
    having sum(k.amount) <> 0
  ),

  bookings as materialized (
    select k.node_id, sum(k.amount)::bigint as amount
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    inner join engine.audience_counters as k on a.team_id = k.team_id and a.campaign_id = k.campaign_id
    where k.node_id <> ''
    group by 1
  )

  select
    coalesce(o.node_id, b.node_id), coalesce(o.outcomes, '{}'), coalesce(o.replied, 0), coalesce(o.opted_out, 0),
    coalesce(b.amount, 0)
  from (
    select
      k.node_id, jsonb_object_agg(k.outcome, k.amount) as outcomes,
      (sum(k.amount) filter (where k.outcome = 'replied'))::bigint as replied,
      (sum(k.amount) filter (where k.outcome = 'opted_out'))::bigint as opted_out
    from outcomes as k
    group by 1
  ) as o
  full join bookings as b on o.node_id = b.node_id;
end
$$;
comment on function engine.count_outcomes(uuid[], uuid[]) is
'By node, over campaigns: outcomes as {outcome: jobs}, replies, opt-outs, and contacts whose booking the node made.';
revoke all on function engine.count_outcomes(uuid[], uuid[]) from public;
