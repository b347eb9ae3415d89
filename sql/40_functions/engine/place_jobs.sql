-- Looks up, once for a set of new jobs, what their due times depend on. Open hours are worked out
-- once for each distinct calendar, not for each job.
create or replace function engine.place_jobs(p_jobs engine.new_job[])
returns setof engine.placed_job
language sql
stable
set search_path = ''
as $$
  with asked as materialized (
    select
      j as job, n.type::text::public.contact_channel as channel, i.id as integration_id,
      n.config -> 'business_hours' as business_hours, t.timezone as team_timezone,
      p.timezones, p.regions, j.not_before,
      (n.config -> 'batching' ->> 'size')::integer as batch_size,
      (n.config -> 'batching' ->> 'interval')::interval as batch_interval
    from unnest(p_jobs) as j
    inner join public.teams as t on j.team_id = t.id
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    inner join public.workflow_nodes as n
      on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
    left join public.integrations as i
      on j.team_id = i.team_id and i.provider = engine.provider_for(n.type::text::public.contact_channel)
  ),

  calendars as materialized (
    select
      k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions,
      engine.open_hours(
        k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions, k.starts_at,
        engine.calendar_end(greatest(k.ends_at, k.dealt_until), k.batches, k.batch_interval)
      ) as open_hours
    from (
      select
        channel, business_hours, team_timezone, timezones, regions,
        min(not_before) as starts_at, max(not_before) as ends_at,
        ceil(sum(count(*)) over () / min(batch_size)) as batches, max(batch_interval) as batch_interval,
        -- What was dealt before takes its place in front.
        max((
          select max(u.slot_at)
          from engine.pacing as u
          where batch_size is not null and u.team_id = (job).team_id and u.campaign_id = (job).campaign_id
            and u.node_id = (job).node_id
        )) as dealt_until
      from asked
      group by channel, business_hours, team_timezone, timezones, regions
    ) as k
  )

  select
    a.job, a.channel, a.integration_id, c.open_hours,
    -- Without any open hour the job is made all the same: the gate closes it with a reason.
    coalesce(engine.first_open(c.open_hours, a.not_before), date_trunc('second', a.not_before)),
    a.batch_size, a.batch_interval
  from asked as a
  inner join calendars as c
    on a.channel = c.channel and a.business_hours is not distinct from c.business_hours
    and a.team_timezone = c.team_timezone and a.timezones = c.timezones and a.regions = c.regions
$$;
comment on function engine.place_jobs(engine.new_job[]) is
'New jobs with their channel, integration, open hours, earliest moment and batching.';
revoke all on function engine.place_jobs(engine.new_job[]) from public;
