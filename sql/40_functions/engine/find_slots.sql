-- Finds batch slots for a number of jobs of one node and calendar: never more than the batching's size
-- in one interval, the earliest free slots first, none outside the open hours. What is dealt out already
-- is in engine.pacing; a campaign that is not there has dealt nothing, which is how a simulation asks.
create or replace function engine.find_slots(
  p_team_id uuid,
  p_campaign_id uuid,
  p_node_id text,
  p_size integer,
  p_interval interval,
  p_open_hours tstzmultirange,
  p_earliest timestamptz,
  p_count integer
)
returns table (slot_at timestamptz, rank_from integer, rank_to integer, run_at timestamptz)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with batching as materialized (
    -- Without days: added to a moment, those would follow the clocks of the session's zone.
    select extract(epoch from p_interval) * interval '1 second' as width
  ),

  -- The series is read as far as needed: written this way it is not made whole first. Who does not fit into
  -- slots that are in use needs whole ones, of which so many are enough; none is more than one person needs.
  slots as (
    select g.slot_at, o.run_at, p_size - coalesce(u.used, 0) as free
    from (
      select generate_series(
        date_bin(b.width, p_earliest, 'epoch'), coalesce(upper(p_open_hours), p_earliest), b.width
      ) as slot_at, b.width
      from batching as b
    ) as g
    -- A slot that begins before the doors open starts when they do.
    cross join lateral (
      select case
        when p_open_hours @> greatest(g.slot_at, p_earliest) then greatest(g.slot_at, p_earliest)
        when p_open_hours && tstzrange(g.slot_at, g.slot_at + g.width) then (
          select min(lower(h.hours))
          from unnest(p_open_hours * tstzmultirange(tstzrange(g.slot_at, g.slot_at + g.width))) as h (hours)
          where lower(h.hours) >= p_earliest
        )
      end as run_at
    ) as o
    left join lateral (
      select t.used
      from engine.pacing as t
      where t.team_id = p_team_id and t.campaign_id = p_campaign_id and t.node_id = p_node_id
        and t.slot_at = g.slot_at
      limit 1
    ) as u on true
    where o.run_at is not null and coalesce(u.used, 0) < p_size
    limit least(p_count, ceil(p_count::numeric / p_size) + (
      select count(*)
      from engine.pacing as t
      where t.team_id = p_team_id and t.campaign_id = p_campaign_id and t.node_id = p_node_id
        and t.slot_at >= date_bin((select b.width from batching as b), p_earliest, 'epoch')
    ))
  )

  select r.slot_at, (r.before + 1)::integer, least(r.before + r.free, p_count)::integer, r.run_at
  from (
    select s.*, sum(s.free) over (order by s.slot_at) - s.free as before from slots as s
  ) as r
  where r.before < p_count;
end
$$;
comment on function engine.find_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) is
'Batch slots with room, as many as a number of jobs needs: which ranks (from 1) run when. Writes nothing.';
revoke all on function
engine.find_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) from public;
