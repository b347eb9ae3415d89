-- Enrollments by what does not change from step to step: where the person is, who was left out and why, whom a call
-- or text has reached, and which node booked. Kept and folded as engine.counters are.
create table engine.audience_counters (
  team_id uuid not null,
  campaign_id uuid not null,
  timezone text not null,
  reason text not null,
  outcome text not null,
  node_id text not null,
  shard integer not null,
  amount bigint not null,
  constraint audience_counters_pk primary key (team_id, campaign_id, timezone, reason, outcome, node_id, shard)
);
comment on table engine.audience_counters is 'Enrollments by zone, reason of suppression and whether they were reached or booked. Sum over shards.';
comment on column engine.audience_counters.timezone is 'Zone of the person at enrollment; unknown when none is known.';
comment on column engine.audience_counters.reason is 'Why the person must not be reached; empty for everybody else.';
comment on column engine.audience_counters.outcome is 'booked, else reached, else empty.';
comment on column engine.audience_counters.node_id is 'The node that the booking is credited to; empty without one.';
