-- Deals a number of jobs of one node and calendar into batch slots, and books them. The caller holds the
-- node's pacing lock. Returns which ranks (from 1) run when.
create or replace function engine.deal_slots(
  p_team_id uuid,
  p_campaign_id uuid,
  p_node_id text,
  p_size integer,
  p_interval interval,
  p_open_hours tstzmultirange,
  p_earliest timestamptz,
  p_count integer
)
returns table (rank_from integer, rank_to integer, run_at timestamptz)
language plpgsql
volatile
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with dealt as materialized (
    select f.*
    from engine.find_slots(
      p_team_id, p_campaign_id, p_node_id, p_size, p_interval, p_open_hours, p_earliest, p_count
    ) as f
  ),

  taken as (
    insert into engine.pacing as u (team_id, campaign_id, node_id, slot_at, used)
    select p_team_id, p_campaign_id, p_node_id, d.slot_at, d.rank_to - d.rank_from + 1
    from dealt as d
    on conflict on constraint pacing_pk do update set used = u.used + excluded.used
  )

  select d.rank_from, d.rank_to, d.run_at from dealt as d;
end
$$;
comment on function engine.deal_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) is
'Deals jobs into batch slots and books them; returns ranks and due times.';
revoke all on function
engine.deal_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) from public;
