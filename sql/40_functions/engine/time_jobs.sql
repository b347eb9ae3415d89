-- When each of a set of new jobs is due, in business and legal hours and dealt into the batches of its node,
-- which are booked. Places go to those who come first in the set.
create or replace function engine.time_jobs(p_jobs engine.new_job[])
returns table (ordinal bigint, channel public.contact_channel, integration_id uuid, run_at timestamptz)
language plpgsql
set search_path = ''
as $$
declare
  v_calendars engine.calendar[] := array(select c from engine.job_calendars(p_jobs) as c);
  v_demand record;
  v_places timestamptz[] := '{}'::timestamptz[];
  v_before integer[] := '{}'::integer[]; -- of each demand: how many places the demands before it have
begin
  -- A loop over demands, not over jobs: each takes free places that the one before left.
  for v_demand in
    select
      c.demand_no, c.team_id, c.campaign_id, c.node_id, c.batch_size, c.batch_interval, c.open_hours, c.opens_at, c.closes_at,
      sum(cardinality(c.ordinals))::integer as job_count
    from unnest(v_calendars) as c
    where c.batch_size is not null
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    order by 1
  loop
    perform pg_advisory_xact_lock(
      hashtextextended('pacing ' || v_demand.campaign_id || ' ' || v_demand.node_id, 0)
    );
    v_before[v_demand.demand_no] := cardinality(v_places);
    v_places := v_places || array(
      select s.run_at
      from engine.deal_slots(
        v_demand.team_id, v_demand.campaign_id, v_demand.node_id, v_demand.batch_size, v_demand.batch_interval,
        v_demand.open_hours, v_demand.opens_at, v_demand.job_count
      ) as s
      cross join generate_series(s.rank_from, s.rank_to) as r (rank)
      order by r.rank
    );
    -- Who finds no place comes when the doors close, and the gate decides.
    v_places := v_places || array_fill(
      v_demand.closes_at, array[v_before[v_demand.demand_no] + v_demand.job_count - cardinality(v_places)]
    );
  end loop;
  return query
  select
    q.ordinal, q.channel, q.integration_id, date_trunc('second', case
      when q.batch_size is null then q.opens_at else v_places[v_before[q.demand_no] + q.rank]
    end)
  from (
    select
      o.ordinal, c.demand_no, c.channel, c.integration_id, c.batch_size, c.opens_at,
      row_number() over (partition by c.demand_no order by o.ordinal) as rank
    from unnest(v_calendars) as c
    cross join unnest(c.ordinals) as o (ordinal)
  ) as q;
end
$$;
comment on function engine.time_jobs(engine.new_job[]) is
'When each new job is due, by its position in the set, with its channel and integration; books the batches.';
revoke all on function engine.time_jobs(engine.new_job[]) from public;
