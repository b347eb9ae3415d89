-- Keeps the timeline equal to the moments of enrollments: bookings and ends. A journey that is opened again takes
-- the moment of its end back. When somebody was enrolled never changes.
create or replace function engine.time_changed_enrollments()
returns trigger
language plpgsql
security definer -- whoever changes enrollments changes their timeline
set search_path = ''
as $$
begin
  insert into engine.timeline_changes as t (
    team_id, campaign_id, starts_at, shard, booked, opted_out, failed, completed
  )
  select
    r.team_id, r.campaign_id, date_trunc('minute', m.at), pg_backend_pid(),
    coalesce(sum(r.amount) filter (where m.phase = 'BOOKED'), 0),
    coalesce(sum(r.amount) filter (where m.phase = 'OPTED_OUT'), 0),
    coalesce(sum(r.amount) filter (where m.phase = 'FAILED'), 0),
    coalesce(sum(r.amount) filter (where m.phase = 'COMPLETED'), 0)
  from (
    select n.team_id, n.campaign_id, n.status, n.booked_at, n.ended_at, 1 as amount from new_rows as n
    union all
    select o.team_id, o.campaign_id, o.status, o.booked_at, o.ended_at, -1 from old_rows as o
  ) as r
  cross join lateral (
    values
    ('BOOKED', r.booked_at), (case when r.status in ('OPTED_OUT', 'FAILED', 'COMPLETED') then r.status::text end, r.ended_at)
  ) as m (phase, at)
  where m.at is not null and m.phase is not null
  group by 1, 2, 3
  having (
    sum(r.amount) filter (where m.phase = 'BOOKED') <> 0 or sum(r.amount) filter (where m.phase = 'OPTED_OUT') <> 0
    or sum(r.amount) filter (where m.phase = 'FAILED') <> 0 or sum(r.amount) filter (where m.phase = 'COMPLETED') <> 0
  )
  on conflict on constraint timeline_changes_pk do update set
    booked = t.booked + excluded.booked, opted_out = t.opted_out + excluded.opted_out, failed = t.failed + excluded.failed,
    completed = t.completed + excluded.completed;
  return null;
end
$$;
comment on function engine.time_changed_enrollments() is 'Trigger: what happened to enrollments, by minute.';
revoke all on function engine.time_changed_enrollments() from public;
