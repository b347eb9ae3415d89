-- What the due times of a set of new jobs depend on, once for each set of people who may be reached at the
-- same times: of one node, in the same zones and regions, and not before the same moment. Open hours are worked
-- out for these, not for each job; only batching needs to know all of them. Calendars that come to the same hours
-- share places in the node's batches: they have one demand_no. Those that close first come first.
create or replace function engine.job_calendars(p_jobs engine.new_job[])
returns setof engine.calendar
language plpgsql -- which plans for the size of the set that it is given
stable
set search_path = ''
set work_mem = '64MB' -- all rows at once
set enable_sort = off -- many jobs make few calendars: they are grouped by hash
as $$
begin
  return query
  with asked as materialized (
    select
      j.team_id, j.campaign_id, j.workflow_id, j.node_id, p.timezones, p.regions, j.not_before, array_agg(j.n) as ordinals
    from unnest(p_jobs) with ordinality as j (
      team_id, campaign_id, enrollment_id, contact_id, phone, workflow_id, node_id, visit, priority, not_before, n
    )
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    group by j.team_id, j.campaign_id, j.workflow_id, j.node_id, p.timezones, p.regions, j.not_before
  ),

  nodes as materialized (
    select
      a.*, n.type::text::public.contact_channel as channel, i.id as integration_id,
      n.config -> 'business_hours' as business_hours, t.timezone as team_timezone,
      (n.config -> 'batching' ->> 'size')::integer as batch_size,
      (n.config -> 'batching' ->> 'interval')::interval as batch_interval,
      sum(cardinality(a.ordinals)::numeric) over () as together
    from asked as a
    inner join public.teams as t on a.team_id = t.id
    inner join public.workflow_nodes as n
      on a.team_id = n.team_id and a.workflow_id = n.workflow_id and a.node_id = n.id
    left join public.integrations as i
      on a.team_id = i.team_id and i.provider = engine.provider_for(n.type::text::public.contact_channel)
  ),

  hours as materialized (
    select n.*, case when n.batch_size is not null then engine.open_hours(
      n.channel, n.business_hours, n.team_timezone, n.timezones, n.regions, n.not_before,
      engine.calendar_end(greatest(n.not_before, (
        -- What was dealt before takes its place in front.
        select max(u.slot_at)
        from engine.pacing as u
        where u.team_id = n.team_id and u.campaign_id = n.campaign_id and u.node_id = n.node_id
      )), ceil(n.together / n.batch_size), n.batch_interval)
    ) end as open_hours
    from nodes as n
  ),

  opened as materialized (
    select h.*, coalesce(
      case
        when h.batch_size is not null then engine.first_open(h.open_hours, h.not_before)
        else engine.opening(h.channel, h.business_hours, h.team_timezone, h.timezones, h.regions, h.not_before)
      end,
      -- Without any open hour the job is made all the same: the gate closes it with a reason.
      date_trunc('second', h.not_before)
    ) as opens_at
    from hours as h
  )

  select
    (row_number() over closing)::integer, (dense_rank() over closing)::integer, o.team_id, o.campaign_id, o.workflow_id, o.node_id, o.timezones,
    o.regions, o.not_before, o.channel, o.integration_id, o.batch_size, o.batch_interval, o.open_hours, o.opens_at,
    coalesce(upper(o.open_hours), o.opens_at), o.ordinals
  from opened as o
  window closing as (order by o.team_id, o.campaign_id, o.node_id, o.opens_at, upper(o.open_hours), o.open_hours);
end
$$;
comment on function engine.job_calendars(engine.new_job[]) is
'The calendars of new jobs: channel, integration, open hours (with batching), first open moment, places in the set.';
revoke all on function engine.job_calendars(engine.new_job[]) from public;
