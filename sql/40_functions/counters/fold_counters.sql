-- Folds the shards of all backends into shard 0, so that reading stays a matter of a few rows. Rows that a writer
-- holds are left for the next time: nobody waits. Two statements each, because one must not insert a key that it
-- deletes.
create or replace function engine.fold_counters()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_counters engine.counters[];
  v_audience engine.audience_counters[];
begin
  if not pg_try_advisory_xact_lock(hashtext('engine.fold_counters')) then
    return 0;
  end if;
  with taken as (
    delete from engine.counters as c
    where c.ctid in (
      select f.ctid from engine.counters as f where f.shard <> 0 or f.amount = 0 limit 50000 for update skip locked
    )
    returning c.*
  )
  select array_agg(taken::engine.counters) into v_counters from taken;
  insert into engine.counters as c
  select t.team_id, t.campaign_id, t.node_id, t.state, t.outcome, 0, sum(t.amount)
  from unnest(v_counters) as t
  group by 1, 2, 3, 4, 5, 6
  having sum(t.amount) <> 0
  on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;

  with taken as (
    delete from engine.audience_counters as a
    where a.ctid in (
      select f.ctid from engine.audience_counters as f where f.shard <> 0 or f.amount = 0 limit 50000 for update skip locked
    )
    returning a.*
  )
  select array_agg(taken::engine.audience_counters) into v_audience from taken;
  insert into engine.audience_counters as a
  select t.team_id, t.campaign_id, t.timezone, t.reason, t.outcome, t.node_id, 0, sum(t.amount)
  from unnest(v_audience) as t
  group by 1, 2, 3, 4, 5, 6, 7
  having sum(t.amount) <> 0
  on conflict on constraint audience_counters_pk do update set amount = a.amount + excluded.amount;
  return coalesce(cardinality(v_counters), 0) + coalesce(cardinality(v_audience), 0)
    + engine.fold_due_counters() + engine.fold_timeline();
end
$$;
comment on function engine.fold_counters() is
'Folds finished shards of all counters, due times that have come, and the timeline; returns how many rows were folded.';
revoke all on function engine.fold_counters() from public;
