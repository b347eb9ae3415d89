-- Keeps counters and timeline equal to the enrollments where rows are made or removed. Every backend adds to a
-- shard of its own, so that no writer waits for another.
create or replace function engine.count_moved_enrollments()
returns trigger
language plpgsql
security definer -- whoever changes enrollments changes their counters
set search_path = ''
as $$
declare
  v_sign constant integer := case tg_op when 'INSERT' then 1 else -1 end;
begin
  -- The rows are read once: those of one statement are mostly alike, such as the many thousands of a launch.
  with counted as materialized (
    select
      r.team_id, r.campaign_id, r.status, coalesce(r.timezone, 'unknown') as timezone,
      case
        when r.status = 'SUPPRESSED' or (r.status = 'OPTED_OUT' and r.reason_code = 'suppressed_opted_out') then r.reason_code
        else ''
      end as reason,
      case when r.booked_at is not null then 'booked' when r.reached_at is not null then 'reached' else '' end as outcome,
      coalesce(r.booked_node_id, '') as node_id, r.enrolled_at, r.booked_at, r.ended_at, v_sign * count(*) as amount
    from moved_rows as r
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  ),

  states as (
    insert into engine.counters as c
    select k.team_id, k.campaign_id, '', k.status, k.outcome, pg_backend_pid(), sum(k.amount)
    from counted as k
    group by 1, 2, 3, 4, 5
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount
  ),

  audiences as (
    insert into engine.audience_counters as a
    select k.team_id, k.campaign_id, k.timezone, k.reason, k.outcome, k.node_id, pg_backend_pid(), sum(k.amount)
    from counted as k
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint audience_counters_pk do update set amount = a.amount + excluded.amount
  )

  insert into engine.timeline_changes as t (
    team_id, campaign_id, starts_at, shard, enrolled, booked, opted_out, failed, completed
  )
  select
    k.team_id, k.campaign_id, date_trunc('minute', m.at), pg_backend_pid(),
    coalesce(sum(k.amount) filter (where m.phase = 'ENROLLED'), 0), coalesce(sum(k.amount) filter (where m.phase = 'BOOKED'), 0),
    coalesce(sum(k.amount) filter (where m.phase = 'OPTED_OUT'), 0), coalesce(sum(k.amount) filter (where m.phase = 'FAILED'), 0),
    coalesce(sum(k.amount) filter (where m.phase = 'COMPLETED'), 0)
  from counted as k
  cross join lateral (
    values
    ('ENROLLED', k.enrolled_at), ('BOOKED', k.booked_at),
    (case when k.status in ('OPTED_OUT', 'FAILED', 'COMPLETED') then k.status::text end, k.ended_at)
  ) as m (phase, at)
  where m.at is not null and m.phase is not null
  group by 1, 2, 3
  on conflict on constraint timeline_changes_pk do update set
    enrolled = t.enrolled + excluded.enrolled, booked = t.booked + excluded.booked,
    opted_out = t.opted_out + excluded.opted_out, failed = t.failed + excluded.failed,
    completed = t.completed + excluded.completed;
  return null;
end
$$;
comment on function engine.count_moved_enrollments() is
'Trigger: counts enrollments by state, audience and minute when they are inserted or deleted.';
revoke all on function engine.count_moved_enrollments() from public;
