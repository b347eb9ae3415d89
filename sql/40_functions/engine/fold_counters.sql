-- Folds the shards of all backends into shard 0, and due times that have come into -infinity, so that
-- reading stays a matter of a few rows. Rows that a writer holds are left for the next time: nobody
-- waits. Two statements, because one must not insert a key that it deletes.
create or replace function engine.fold_counters()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := engine.now();
  v_taken engine.counters[];
begin
  if not pg_try_advisory_xact_lock(hashtext('engine.fold_counters')) then
    return 0;
  end if;
  with taken as (
    delete from engine.counters as c
    where c.ctid in (
      select f.ctid
      from engine.counters as f
      where f.shard <> 0 or f.amount = 0 or (f.due_at > '-infinity' and f.due_at <= v_now)
      limit 50000
      for update skip locked
    )
    returning c.*
  )
  select array_agg(taken::engine.counters) into v_taken from taken;
  insert into engine.counters as c
  select
    t.team_id, t.campaign_id, t.node_id, t.state, t.outcome,
    case when t.due_at <= v_now then '-infinity' else t.due_at end, 0, sum(t.amount)
  from unnest(v_taken) as t
  group by 1, 2, 3, 4, 5, 6
  having sum(t.amount) <> 0
  on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  return coalesce(cardinality(v_taken), 0);
end
$$;
comment on function engine.fold_counters() is 'Folds finished counter shards into shard 0; returns how many rows were folded.';
revoke all on function engine.fold_counters() from public;
