-- Drops the oldest month of history once all of it is older than the deployment keeps. What it counted stays
-- counted: in the campaigns' counters, and for a recount in engine.purged_jobs. A drop needs the tables for
-- itself for a moment; when somebody reads them, it is tried again at the next tick.
create or replace function engine.drop_old_history()
returns integer
language plpgsql
set search_path = ''
set lock_timeout = '1s'
as $$
declare
  v_month timestamp := (
    select min(p.month)
    from engine.history_partitions() as p
    cross join engine.deployment as d
    where (p.month + interval '1 month') at time zone 'UTC' <= engine.now() - d.history_retention
  );
  v_old record;
begin
  if v_month is null then
    return 0;
  end if;
  lock table
    engine.job_history, engine.attempt_history, engine.event_history, engine.gate_decision_history
    in access exclusive mode;
  insert into engine.purged_jobs as p (team_id, campaign_id, node_id, state, outcome, amount)
  select
    h.team_id, h.campaign_id, h.node_id, h.status,
    coalesce(
      h.outcome::text, case when h.status = 'CANCELLED' and h.reason_code in ('too_late', 'never_open') then 'skipped' end, ''
    ),
    count(*)
  from engine.job_history as h
  where h.finished_at >= v_month at time zone 'UTC' and h.finished_at < (v_month + interval '1 month') at time zone 'UTC'
  group by 1, 2, 3, 4, 5
  on conflict on constraint purged_jobs_pk do update set amount = p.amount + excluded.amount;
  -- A loop, because each is a statement that drops a table.
  for v_old in select p.name from engine.history_partitions() as p where p.month = v_month loop
    execute format('drop table engine.%I', v_old.name);
  end loop;
  raise log 'outbound: history of % dropped, as engine.deployment.history_retention says', to_char(v_month, 'YYYY-MM');
  return 1;
exception when lock_not_available then
  return 0;
end
$$;
comment on function engine.drop_old_history() is 'Drops the oldest month of history if it is past its retention; returns how many months.';
revoke all on function engine.drop_old_history() from public;
