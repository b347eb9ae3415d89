-- Counts kept by the transactions that change what is counted. Every backend writes rows of its own
-- (shard is its process id), so writers never wait for each other; a reader adds the shards up, and
-- the tick folds finished shards into shard 0.
-- What is due when is counted apart, in engine.due_counters: a campaign has as many due times as its batching
-- makes, and nobody who asks how it stands should have to add them up.
create table engine.counters (
  team_id uuid not null,
  campaign_id uuid not null,
  node_id text not null,
  state text not null,
  outcome text not null,
  shard integer not null,
  amount bigint not null,
  constraint counters_pk primary key (team_id, campaign_id, node_id, state, outcome, shard)
);
comment on table engine.counters is 'Enrollments (node_id empty) and jobs by state and outcome. Sum over shards.';
comment on column engine.counters.outcome is
'Of jobs: what came of them, or skipped for those that were CANCELLED because they were too late. Of enrollments: booked, '
'else reached, else empty.';
comment on column engine.counters.shard is 'Process id of the backend that counted, or 0 for folded counts.';
