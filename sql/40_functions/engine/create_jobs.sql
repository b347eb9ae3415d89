-- Makes jobs, each with a due time that respects the node's business hours, the legal hours of every
-- zone that the contact may be in, and the node's batching.
create or replace function engine.create_jobs(p_jobs engine.new_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_placed engine.placed_job[] := array(select p from engine.place_jobs(p_jobs) as p);
  v_demand record;
begin
  if cardinality(v_placed) <> cardinality(p_jobs) then
    raise exception 'only % of % jobs could be placed', cardinality(v_placed), cardinality(p_jobs);
  end if;
  if cardinality(v_placed) = 0 then
    return 0;
  end if;
  perform engine.insert_jobs(
    array(select p from unnest(v_placed) as p where p.batch_size is null),
    array(select p.earliest from unnest(v_placed) as p where p.batch_size is null)
  );
  -- A loop over calendars, not over jobs: each takes free slots that the one before left. Those that
  -- close first go first.
  for v_demand in
    select
      (p.job).team_id, (p.job).campaign_id, (p.job).node_id, p.batch_size, p.batch_interval,
      p.open_hours, p.earliest, array_agg(p order by (p.job).enrollment_id) as placed
    from unnest(v_placed) as p
    where p.batch_size is not null
    group by 1, 2, 3, 4, 5, 6, 7
    order by 1, 2, 3, p.earliest, upper(p.open_hours)
  loop
    perform pg_advisory_xact_lock(
      hashtextextended('pacing ' || v_demand.campaign_id || ' ' || v_demand.node_id, 0)
    );
    perform engine.insert_jobs(
      array_agg(p.placed order by p.rank),
      array_agg(coalesce(s.run_at, date_trunc('second', upper(v_demand.open_hours)), v_demand.earliest) order by p.rank)
    )
    from unnest(v_demand.placed) with ordinality as u
    cross join lateral (select row(u.job, u.channel, u.integration_id, u.open_hours, u.earliest,
      u.batch_size, u.batch_interval)::engine.placed_job as placed, u.ordinality as rank) as p
    left join engine.deal_slots(
      v_demand.team_id, v_demand.campaign_id, v_demand.node_id, v_demand.batch_size,
      v_demand.batch_interval, v_demand.open_hours, v_demand.earliest, cardinality(v_demand.placed)
    ) as s on p.rank between s.rank_from and s.rank_to;
  end loop;
  return cardinality(v_placed);
end
$$;
comment on function engine.create_jobs(engine.new_job[]) is 'Makes jobs with their due times; returns how many.';
revoke all on function engine.create_jobs(engine.new_job[]) from public;
