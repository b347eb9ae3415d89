-- Whether the tick is done, whoever calls it, by what it leaves undone: how long the oldest thing that time alone changes
-- has been overdue, and how many of the tick's steps fail.
create or replace function engine.tick_lag()
returns table (lag_seconds double precision, failing_steps bigint)
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select
    greatest(extract(epoch from engine.now() - least(
      (select min(j.lease_expires_at) from engine.jobs as j where j.status = 'CLAIMED'),
      (select min(j.reply_deadline) from engine.jobs as j where j.status = 'DISPATCHED'),
      -- What the tick tried in vain is no lag: it counts among the failures.
      (
        select min(c.scheduled_at) from public.campaigns as c
        where c.status = 'SCHEDULED' and not exists (
          select from engine.tick_failures as f where f.step = 'launch_campaign' and f.subject = c.id::text
        )
      ),
      (
        select min(s.next_run_at) from public.audience_schedules as s
        where s.is_enabled and not exists (
          select from engine.tick_failures as f where f.step = 'follow_schedule' and f.subject = s.list_id::text
        )
      )
    )), 0)::double precision,
    (select count(*) from engine.tick_failures)
$$;
comment on function engine.tick_lag() is
'Campaign seconds for which an expired lease, a reply window, a scheduled launch or a refresh has waited for the tick; steps that fail.';
revoke all on function engine.tick_lag() from public;
grant execute on function engine.tick_lag() to outbound_worker;
