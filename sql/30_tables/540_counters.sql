-- Counts kept by the transactions that change what is counted. Every backend writes rows of its own
-- (shard is its process id), so writers never wait for each other; a reader adds the shards up, and
-- the tick folds finished shards into shard 0.
-- A READY job is counted under its due time: waiting turns into queued as time passes, without a write.
create table engine.counters (
  team_id uuid not null,
  campaign_id uuid not null,
  node_id text not null,
  state text not null,
  outcome text not null,
  due_at timestamptz not null,
  shard integer not null,
  amount bigint not null,
  constraint counters_pk primary key (team_id, campaign_id, node_id, state, outcome, due_at, shard)
);
comment on table engine.counters is
'Enrollments (node_id empty) and jobs by state and outcome; READY jobs also by due time. Sum over shards.';
comment on column engine.counters.due_at is 'run_at of READY jobs; -infinity for everything else.';
comment on column engine.counters.shard is 'Process id of the backend that counted, or 0 for folded counts.';
