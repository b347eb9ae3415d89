-- What a driver of the sandbox's clock, or a person, asks: is anything to be done now, is anything open,
-- and when is the next moment at which time alone brings work?
create or replace function engine.pending_work()
returns table (due_jobs bigint, open_jobs bigint, next_due_at timestamptz)
language plpgsql -- whose plans are kept: a driver of the clock asks this at every step
stable
security definer -- workers may read no table
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with due as materialized (
    select d.due, d.frees_at from engine.due_jobs() as d
  )

  select
    (select d.due from due as d) + (
      select count(*) from engine.jobs as j where j.status = 'CLAIMED'
    ) + (
      select count(*)
      from engine.jobs as j
      where j.status in ('DISPATCHED', 'AMBIGUOUS') and j.check_at <= engine.now()
    ) + (
      select count(*)
      from engine.tasks as t
      inner join public.integrations as i on t.team_id = i.team_id and t.integration_id = i.id
      where t.status = 'CLAIMED' or (t.status = 'READY' and t.run_at <= engine.now() and i.status = 'ACTIVE')
    ),
    (select count(*) from engine.jobs as j where j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')),
    least(
      (select d.frees_at from due as d),
      (
        select d.due_at
        from engine.due_counters as d
        where d.due_at > '-infinity' and d.due_at > engine.now()
        group by d.due_at
        having sum(d.amount) > 0
        order by d.due_at
        limit 1
      ),
      (select min(j.lease_expires_at) from engine.jobs as j where j.status = 'CLAIMED'),
      (select min(j.check_at) from engine.jobs as j where j.status in ('DISPATCHED', 'AMBIGUOUS')),
      (select min(j.reply_deadline) from engine.jobs as j where j.status = 'DISPATCHED'),
      (select min(t.run_at) from engine.tasks as t where t.status = 'READY' and t.run_at > engine.now()),
      (select min(c.scheduled_at) from public.campaigns as c where c.status = 'SCHEDULED'),
      (select min(s.next_run_at) from public.audience_schedules as s where s.is_enabled)
    );
end
$$;
comment on function engine.pending_work() is
'Jobs to work on now, jobs open, and the next moment that brings work (null: none).';
revoke all on function engine.pending_work() from public;
grant execute on function engine.pending_work() to outbound_worker;
