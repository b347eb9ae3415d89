-- Keeps engine.counters equal to the enrollments, by the difference that each statement makes. Every
-- backend adds to a shard of its own, so that no writer waits for another.
create or replace function engine.count_enrollments()
returns trigger
language plpgsql
security definer -- whoever changes enrollments changes their counters
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, '', r.status, case when r.booked_at is null then '' else 'booked' end,
      '-infinity'::timestamptz, pg_backend_pid(), count(*)
    from new_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  elsif tg_op = 'DELETE' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, '', r.status, case when r.booked_at is null then '' else 'booked' end,
      '-infinity'::timestamptz, pg_backend_pid(), -count(*)
    from old_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  else
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, '', r.status, case when r.booked_at is null then '' else 'booked' end,
      '-infinity'::timestamptz, pg_backend_pid(), sum(r.amount)
    from (
      select n.*, 1 as amount from new_rows as n
      union all
      select o.*, -1 as amount from old_rows as o
    ) as r
    group by 1, 2, 3, 4, 5, 6
    having sum(r.amount) <> 0
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  end if;
  return null;
end
$$;
comment on function engine.count_enrollments() is 'Trigger: counts enrollments by state and booking.';
revoke all on function engine.count_enrollments() from public;
