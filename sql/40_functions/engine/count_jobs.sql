-- Keeps engine.counters equal to the jobs, by the difference that each statement makes. Every
-- backend adds to a shard of its own, so that no writer waits for another.
create or replace function engine.count_jobs()
returns trigger
language plpgsql
security definer -- whoever changes jobs changes their counters
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, r.node_id, r.status, coalesce(r.outcome::text, ''),
      case when r.status = 'READY' then r.run_at else '-infinity' end, pg_backend_pid(), count(*)
    from new_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  elsif tg_op = 'DELETE' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, r.node_id, r.status, coalesce(r.outcome::text, ''),
      case when r.status = 'READY' then r.run_at else '-infinity' end, pg_backend_pid(), -count(*)
    from old_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  else
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, r.node_id, r.status, coalesce(r.outcome::text, ''),
      case when r.status = 'READY' then r.run_at else '-infinity' end, pg_backend_pid(), sum(r.amount)
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
comment on function engine.count_jobs() is 'Trigger: counts jobs by node, state, outcome and due time.';
revoke all on function engine.count_jobs() from public;
