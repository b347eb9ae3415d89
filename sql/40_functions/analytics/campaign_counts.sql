-- What happens in a campaign now, read from the counters: every enrolled contact is in exactly one of the
-- ended states or in active, and every active one has one open job, which is waiting, queued or in progress.
create or replace function engine.campaign_counts(p_team_id uuid, p_campaign_id uuid)
returns table (
  enrolled bigint, active bigint, waiting bigint, queued bigint, in_progress bigint, completed bigint, booked bigint,
  opted_out bigint, suppressed bigint, failed bigint, cancelled bigint
)
language sql
stable
set search_path = ''
as $$
  select
    coalesce(sum(k.amount) filter (where k.node_id = ''), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'ACTIVE'), 0)::bigint,
    coalesce(sum(k.amount) filter (
      where k.node_id <> '' and k.state = 'READY' and k.due_at > engine.now()
    ), 0)::bigint,
    coalesce(sum(k.amount) filter (
      where k.node_id <> '' and k.state = 'READY' and k.due_at <= engine.now()
    ), 0)::bigint,
    coalesce(sum(k.amount) filter (
      where k.node_id <> '' and k.state in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    ), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'COMPLETED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'BOOKED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'OPTED_OUT'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'SUPPRESSED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'FAILED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'CANCELLED'), 0)::bigint
  from engine.counters as k
  where k.team_id = p_team_id and k.campaign_id = p_campaign_id
$$;
comment on function engine.campaign_counts(uuid, uuid) is
'Contacts and open jobs of a campaign by state, from the counters.';
revoke all on function engine.campaign_counts(uuid, uuid) from public;
