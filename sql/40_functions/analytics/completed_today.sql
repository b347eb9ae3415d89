-- How many journeys of campaigns ended COMPLETED since midnight, by the clocks of their team.
create or replace function engine.completed_today(p_team_ids uuid[], p_campaign_ids uuid[])
returns table (campaign_id uuid, completed bigint)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  with midnights as materialized (
    select t.id as team_id, engine.wall_instant(date_trunc('day', engine.now() at time zone t.timezone), t.timezone) as at
    from public.teams as t
    where t.id = any(p_team_ids)
  ),

  asked as materialized (
    select a.team_id, a.campaign_id, m.at as midnight
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    inner join midnights as m on a.team_id = m.team_id
  )

  select k.campaign_id, sum(k.completed)::bigint
  from (
    select a.campaign_id, t.completed
    from asked as a
    inner join engine.timeline as t
      on a.team_id = t.team_id and a.campaign_id = t.campaign_id and t.grain = 'quarter_hour' and t.starts_at >= a.midnight
    union all
    select a.campaign_id, t.completed
    from asked as a
    inner join engine.timeline_changes as t
      on a.team_id = t.team_id and a.campaign_id = t.campaign_id and t.starts_at >= a.midnight
  ) as k
  group by 1;
end
$$;
comment on function engine.completed_today(uuid[], uuid[]) is 'Journeys that ended COMPLETED today, in the zone of the team.';
revoke all on function engine.completed_today(uuid[], uuid[]) from public;
