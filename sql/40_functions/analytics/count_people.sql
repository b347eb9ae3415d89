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
    a.campaign_id, coalesce(sum(k.amount), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'ACTIVE'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'COMPLETED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'BOOKED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'OPTED_OUT'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'SUPPRESSED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'FAILED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'CANCELLED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.outcome in ('reached', 'booked')), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.outcome = 'booked'), 0)::bigint
  from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
  left join engine.counters as k on a.team_id = k.team_id and a.campaign_id = k.campaign_id and k.node_id = ''
  group by 1;
end
$$;
comment on function engine.count_people(uuid[], uuid[]) is
'Contacts by campaign: enrolled = active + completed + booked + opted_out + suppressed + failed + cancelled; reached; with_booking, '
'whatever the end.';
revoke all on function engine.count_people(uuid[], uuid[]) from public;
