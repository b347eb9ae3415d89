-- Keeps the counters equal to the jobs, by the difference that each statement makes. Every
-- backend adds to a shard of its own, so that no writer waits for another.
create or replace function engine.count_changed_jobs()
returns trigger
language plpgsql
security definer -- whoever changes jobs changes their counters
set search_path = ''
as $$
begin
  with counted as materialized (
    select
      r.team_id, r.campaign_id, r.node_id, r.status,
      coalesce(
        r.outcome::text, case when r.status = 'CANCELLED' and r.reason_code in ('too_late', 'never_open') then 'skipped' end, ''
      ) as outcome,
      case when r.status = 'READY' then r.run_at end as due_at, sum(r.amount) as amount
    from (
      select n.team_id, n.campaign_id, n.node_id, n.status, n.outcome, n.reason_code, n.run_at, 1 as amount from new_rows as n
      union all
      select o.team_id, o.campaign_id, o.node_id, o.status, o.outcome, o.reason_code, o.run_at, -1 from old_rows as o
    ) as r
    group by 1, 2, 3, 4, 5, 6
    having sum(r.amount) <> 0
  ),

  due as (
    insert into engine.due_counters as d
    select k.team_id, k.campaign_id, k.due_at, k.node_id, pg_backend_pid(), k.amount
    from counted as k
    where k.due_at is not null
    on conflict on constraint due_counters_pk do update set amount = d.amount + excluded.amount
  )

  insert into engine.counters as c
  select k.team_id, k.campaign_id, k.node_id, k.status, k.outcome, pg_backend_pid(), sum(k.amount)
  from counted as k
  group by 1, 2, 3, 4, 5
  having sum(k.amount) <> 0
  on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  return null;
end
$$;
comment on function engine.count_changed_jobs() is 'Trigger: counts jobs by node, state, outcome and due time when they change.';
revoke all on function engine.count_changed_jobs() from public;
