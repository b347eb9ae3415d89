-- The journeys of the candidates' other numbers that are about the same: those in the campaign, and of an outreach those
-- that other outreaches have for the same work, found by the hash that they would be known by. Nobody may be enrolled
-- for an item yet, whose hold is under way: it has the place, as for a launch (engine.done_items).
create or replace function engine.rival_journeys(p_campaign public.campaigns, p_candidates engine.candidate[])
returns table (ordinal bigint, enrollment engine.enrollments, has_place boolean)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set plan_cache_mode = force_custom_plan -- sets of one and of hundreds of thousands
as $$
declare
  v_others constant engine.candidate[] := array(
    select o from engine.same_customers(p_campaign.team_id, p_candidates) as o
  );
  v_timezone text;
begin
  if cardinality(v_others) = 0 then
    return;
  end if;
  return query
  select o.ordinal, e.journey, engine.takes_place(e.journey)
  from unnest(v_others) as o
  cross join lateral (
    select k as journey
    from engine.enrollments as k
    where k.team_id = p_campaign.team_id and k.campaign_id = p_campaign.id and k.contact_id = o.contact_id
    offset 0 -- looked up for each contact by its key, whatever statistics say
  ) as e;

  v_timezone := (select t.timezone from public.teams as t where t.id = p_campaign.team_id);
  return query
  with works as materialized (
    select o.ordinal, engine.outreach_hash(
      p_campaign.team_id, r.kind, r.channel, i.servicetitan_job_id, i.servicetitan_appointment_id, o.phone,
      (i.created_at at time zone v_timezone)::date
    ) as dedupe_hash
    from public.outreaches as r
    cross join unnest(p_candidates) as c
    cross join lateral (
      select k.servicetitan_job_id, k.servicetitan_appointment_id, k.created_at
      from public.outreach_items as k
      where k.team_id = r.team_id and k.contact_id = c.contact_id and k.outreach_id = r.id and k.status <> 'CANCELLED'
      offset 0
    ) as i
    inner join unnest(v_others) as o on c.ordinal = o.ordinal
    where r.team_id = p_campaign.team_id and r.campaign_id = p_campaign.id
  )

  select w.ordinal, d.enrollment, d.has_place
  from engine.done_items(p_campaign.team_id, array(select h.dedupe_hash from works as h)) as d
  inner join works as w on d.dedupe_hash = w.dedupe_hash
  where d.campaign_id <> p_campaign.id;
end
$$;
comment on function engine.rival_journeys(public.campaigns, engine.candidate[]) is
'What other numbers of the candidates'' customers have in a campaign, or for the same work in another outreach, and whether it takes the place.';
revoke all on function engine.rival_journeys(public.campaigns, engine.candidate[]) from public;
