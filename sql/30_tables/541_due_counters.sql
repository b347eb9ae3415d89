-- READY jobs by due time. What is due is read as the range up to now, which is short, because the tick folds the
-- times that have come into one; the rest of a campaign's READY jobs wait. So waiting turns into queued as time
-- passes, without a write and without a scan.
create table engine.due_counters (
  team_id uuid not null,
  campaign_id uuid not null,
  due_at timestamptz not null,
  node_id text not null,
  shard integer not null,
  amount bigint not null,
  constraint due_counters_pk primary key (team_id, campaign_id, due_at, node_id, shard)
);
create index due_counters_to_fold on engine.due_counters (due_at) where due_at > '-infinity';
comment on table engine.due_counters is 'READY jobs by due time. Sum over shards; those of a node sum to its READY jobs in engine.counters.';
comment on column engine.due_counters.due_at is 'run_at of the jobs; -infinity once it has come and was folded.';
