-- Contacts of campaigns by the state of their journey, from the counters: everybody enrolled is in exactly one.
create or replace function engine.count_people(p_team_ids uuid[], p_campaign_ids uuid[])
returns table (
  campaign_id uuid, enrolled bigint, active bigint, completed bigint, booked bigint, opted_out bigint, suppressed bigint,
  failed bigint, cancelled bigint, reached bigint, with_booking bigint
)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  select
    a.campaign_id, coalesce(p.enrolled, 0)::bigint, coalesce(p.active, 0)::bigint, coalesce(p.completed, 0)::bigint,
    coalesce(p.booked, 0)::bigint, coalesce(p.opted_out, 0)::bigint, coalesce(p.suppressed, 0)::bigint,
    coalesce(p.failed, 0)::bigint, coalesce(p.cancelled, 0)::bigint, coalesce(p.reached, 0)::bigint,
    coalesce(p.with_booking, 0)::bigint
  from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
  -- added up for each campaign, so that a kept plan looks its counters up by key
  cross join lateral (
    select
      sum(k.amount) as enrolled, sum(k.amount) filter (where k.state = 'ACTIVE') as active,
      sum(k.amount) filter (where k.state = 'COMPLETED') as completed,
      sum(k.amount) filter (where k.state = 'BOOKED') as booked,
      sum(k.amount) filter (where k.state = 'OPTED_OUT') as opted_out,
      sum(k.amount) filter (where k.state = 'SUPPRESSED') as suppressed,
      sum(k.amount) filter (where k.state = 'FAILED') as failed,
      sum(k.amount) filter (where k.state = 'CANCELLED') as cancelled,
      sum(k.amount) filter (where k.outcome in ('reached', 'booked')) as reached,
      sum(k.amount) filter (where k.outcome = 'booked') as with_booking
    from engine.counters as k
    where k.team_id = a.team_id and k.campaign_id = a.campaign_id and k.node_id = ''
  ) as p;
end
$$;
comment on function engine.count_people(uuid[], uuid[]) is
'Contacts by campaign: enrolled = active + completed + booked + opted_out + suppressed + failed + cancelled; reached; with_booking, '
'whatever the end.';
revoke all on function engine.count_people(uuid[], uuid[]) from public;
