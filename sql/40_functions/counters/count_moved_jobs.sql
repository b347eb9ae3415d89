-- Keeps the counters equal to the jobs where rows are made, removed, or moved to the history and back. Every
-- backend adds to a shard of its own, so that no writer waits for another. The timeline is left alone: a move
-- happens to nobody, and a new job has no past.
create or replace function engine.count_moved_jobs()
returns trigger
language plpgsql
security definer -- whoever changes jobs changes their counters
set search_path = ''
as $$
declare
  v_sign constant integer := case tg_op when 'INSERT' then 1 else -1 end;
begin
  with counted as materialized (
    select
      r.team_id, r.campaign_id, r.node_id, r.status,
      coalesce(
        r.outcome::text, case when r.status = 'CANCELLED' and r.reason_code in ('too_late', 'never_open') then 'skipped' end, ''
      ) as outcome,
      case when r.status = 'READY' then r.run_at end as due_at, v_sign * count(*) as amount
    from moved_rows as r
    group by 1, 2, 3, 4, 5, 6
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
  on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  return null;
end
$$;
comment on function engine.count_moved_jobs() is 'Trigger: counts jobs by node, state, outcome and due time when they are inserted or deleted.';
revoke all on function engine.count_moved_jobs() from public;
