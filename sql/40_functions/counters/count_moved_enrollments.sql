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
  insert into engine.counters as c
  select
    r.team_id, r.campaign_id, '', r.status,
    case when r.booked_at is not null then 'booked' when r.reached_at is not null then 'reached' else '' end,
    pg_backend_pid(), v_sign * count(*)
  from moved_rows as r
  group by 1, 2, 3, 4, 5, 6
  on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;

  insert into engine.audience_counters as a
  select
    r.team_id, r.campaign_id, coalesce(r.timezone, 'unknown'),
    case
      when r.status = 'SUPPRESSED' or (r.status = 'OPTED_OUT' and r.reason_code = 'suppressed_opted_out') then r.reason_code
      else ''
    end,
    case when r.booked_at is not null then 'booked' when r.reached_at is not null then 'reached' else '' end,
    coalesce(r.booked_node_id, ''), pg_backend_pid(), v_sign * count(*)
  from moved_rows as r
  group by 1, 2, 3, 4, 5, 6
  on conflict on constraint audience_counters_pk do update set amount = a.amount + excluded.amount;

  insert into engine.timeline_changes as t (
    team_id, campaign_id, starts_at, shard, enrolled, booked, opted_out, failed, completed
  )
  select
    r.team_id, r.campaign_id, date_trunc('minute', m.at), pg_backend_pid(),
    v_sign * count(*) filter (where m.phase = 'ENROLLED'), v_sign * count(*) filter (where m.phase = 'BOOKED'),
    v_sign * count(*) filter (where m.phase = 'OPTED_OUT'), v_sign * count(*) filter (where m.phase = 'FAILED'),
    v_sign * count(*) filter (where m.phase = 'COMPLETED')
  from moved_rows as r
  cross join lateral (
    values
    ('ENROLLED', r.enrolled_at), ('BOOKED', r.booked_at),
    (case when r.status in ('OPTED_OUT', 'FAILED', 'COMPLETED') then r.status::text end, r.ended_at)
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
