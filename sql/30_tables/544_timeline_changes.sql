-- What engine.timeline does not have yet, by minute. Each backend writes rows of its own, so nobody waits; what is
-- taken back (a journey that is opened again) is written as less than nothing.
create table engine.timeline_changes (
  team_id uuid not null,
  campaign_id uuid not null,
  starts_at timestamptz not null,
  shard integer not null,
  enrolled bigint not null default 0,
  dialled bigint not null default 0,
  answered bigint not null default 0,
  sent bigint not null default 0,
  delivered bigint not null default 0,
  replied bigint not null default 0,
  booked bigint not null default 0,
  opted_out bigint not null default 0,
  failed bigint not null default 0,
  completed bigint not null default 0,
  constraint timeline_changes_pk primary key (team_id, campaign_id, starts_at, shard)
);
comment on table engine.timeline_changes is 'Phases of campaigns by minute that the tick has not folded into engine.timeline.';
comment on column engine.timeline_changes.shard is 'Process id of the backend that counted.';
