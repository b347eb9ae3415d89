-- Looks up, once for a set of new jobs, what their due times depend on. Open hours are worked out
-- once for each distinct calendar, not for each job; only batching needs to know all of them.
create or replace function engine.place_jobs(p_jobs engine.new_job[])
returns setof engine.placed_job
language sql
stable
set search_path = ''
as $$
  with nodes as materialized (
    select
      k.team_id, k.workflow_id, k.node_id, n.type::text::public.contact_channel as channel, i.id as integration_id,
      n.config -> 'business_hours' as business_hours, t.timezone as team_timezone,
      (n.config -> 'batching' ->> 'size')::integer as batch_size,
      (n.config -> 'batching' ->> 'interval')::interval as batch_interval
    from (select distinct j.team_id, j.workflow_id, j.node_id from unnest(p_jobs) as j) as k
    inner join public.teams as t on k.team_id = t.id
    inner join public.workflow_nodes as n
      on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
    left join public.integrations as i
      on k.team_id = i.team_id and i.provider = engine.provider_for(n.type::text::public.contact_channel)
  ),

  asked as materialized (
    select j as job, j.team_id, j.campaign_id, j.workflow_id, j.node_id, j.not_before, p.timezones, p.regions
    from unnest(p_jobs) as j
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
  ),

  calendars as materialized (
    select
      k.*, n.channel, n.integration_id, n.batch_size, n.batch_interval,
      case when n.batch_size is null then engine.opening(
        n.channel, n.business_hours, n.team_timezone, k.timezones, k.regions, k.not_before
      ) end as opens_at,
      case when n.batch_size is not null then engine.open_hours(
        n.channel, n.business_hours, n.team_timezone, k.timezones, k.regions, k.starts_at,
        engine.calendar_end(greatest(k.ends_at, (
          -- What was dealt before takes its place in front.
          select max(u.slot_at)
          from engine.pacing as u
          where u.team_id = k.team_id and u.campaign_id = k.campaign_id and u.node_id = k.node_id
        )), ceil(k.together / n.batch_size), n.batch_interval)
      ) end as open_hours
    from (
      select
        team_id, campaign_id, workflow_id, node_id, timezones, regions, not_before,
        min(min(not_before)) over calendar as starts_at, max(max(not_before)) over calendar as ends_at,
        sum(count(*)) over () as together
      from asked
      group by team_id, campaign_id, workflow_id, node_id, timezones, regions, not_before
      window calendar as (partition by team_id, campaign_id, workflow_id, node_id, timezones, regions)
    ) as k
    inner join nodes as n on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.node_id
  )

  select
    a.job, c.channel, c.integration_id, c.open_hours,
    -- Without any open hour the job is made all the same: the gate closes it with a reason.
    coalesce(c.opens_at, engine.first_open(c.open_hours, a.not_before), date_trunc('second', a.not_before)),
    c.batch_size, c.batch_interval
  from asked as a
  inner join calendars as c
    on a.team_id = c.team_id and a.campaign_id = c.campaign_id and a.workflow_id = c.workflow_id
    and a.node_id = c.node_id and a.timezones = c.timezones and a.regions = c.regions and a.not_before = c.not_before
$$;
comment on function engine.place_jobs(engine.new_job[]) is
'New jobs with their channel, integration, earliest moment and batching; with batching also all open hours.';
revoke all on function engine.place_jobs(engine.new_job[]) from public;
