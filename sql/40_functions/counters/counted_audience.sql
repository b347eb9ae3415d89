-- The audience counters of campaigns, added up over shards, in the form of engine.recount_audience.
create or replace function engine.counted_audience(p_campaign_ids uuid[])
returns table (campaign_id uuid, timezone text, reason text, outcome text, node_id text, amount bigint)
language sql
stable
set search_path = ''
as $$
  select a.campaign_id, a.timezone, a.reason, a.outcome, a.node_id, sum(a.amount)::bigint
  from public.campaigns as k
  inner join engine.audience_counters as a on k.team_id = a.team_id and k.id = a.campaign_id
  where k.id = any(p_campaign_ids)
  group by 1, 2, 3, 4, 5
  having sum(a.amount) <> 0
$$;
comment on function engine.counted_audience(uuid[]) is 'The audience counters of campaigns in the form of engine.recount_audience.';
revoke all on function engine.counted_audience(uuid[]) from public;
