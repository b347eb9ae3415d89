-- Keeps the counters equal to the enrollments, by the difference that each statement makes. Every backend adds to
-- a shard of its own, so that no writer waits for another.
create or replace function engine.count_changed_enrollments()
returns trigger
language plpgsql
security definer -- whoever changes enrollments changes their counters
set search_path = ''
as $$
begin
  insert into engine.counters as c
  select
    r.team_id, r.campaign_id, '', r.status,
    case when r.booked_at is not null then 'booked' when r.reached_at is not null then 'reached' else '' end,
    pg_backend_pid(), sum(r.amount)
  from (
    select n.team_id, n.campaign_id, n.status, n.booked_at, n.reached_at, 1 as amount from new_rows as n
    union all
    select o.team_id, o.campaign_id, o.status, o.booked_at, o.reached_at, -1 from old_rows as o
  ) as r
  group by 1, 2, 3, 4, 5, 6
  having sum(r.amount) <> 0
  on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;

  insert into engine.audience_counters as a
  select
    r.team_id, r.campaign_id, coalesce(r.timezone, 'unknown'),
    case
      when r.status = 'SUPPRESSED' or (r.status = 'OPTED_OUT' and r.reason_code = 'suppressed_opted_out') then r.reason_code
      else ''
    end,
    case when r.booked_at is not null then 'booked' when r.reached_at is not null then 'reached' else '' end,
    coalesce(r.booked_node_id, ''), pg_backend_pid(), sum(r.amount)
  from (
    select
      n.team_id, n.campaign_id, n.timezone, n.status, n.reason_code, n.booked_at, n.reached_at, n.booked_node_id, 1 as amount
    from new_rows as n
    union all
    select o.team_id, o.campaign_id, o.timezone, o.status, o.reason_code, o.booked_at, o.reached_at, o.booked_node_id, -1
    from old_rows as o
  ) as r
  group by 1, 2, 3, 4, 5, 6
  having sum(r.amount) <> 0
  on conflict on constraint audience_counters_pk do update set amount = a.amount + excluded.amount;
  return null;
end
$$;
comment on function engine.count_changed_enrollments() is 'Trigger: counts enrollments by state and audience when they change.';
revoke all on function engine.count_changed_enrollments() from public;
