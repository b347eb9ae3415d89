-- What happened when, added up: a row for each minute, quarter of an hour and hour of a campaign in which anything
-- happened. Written by engine.fold_timeline alone; what it has not folded yet is in engine.timeline_changes, and a
-- reader adds the two up. Days and longer are added up from hours, because their borders differ from zone to zone;
-- quarters are there for zones whose offset is not whole hours.
create table engine.timeline (
  team_id uuid not null,
  campaign_id uuid not null,
  grain text not null,
  starts_at timestamptz not null,
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
  constraint timeline_pk primary key (team_id, campaign_id, grain, starts_at),
  constraint timeline_grain_is_known check (grain in ('minute', 'quarter_hour', 'hour'))
);
comment on table engine.timeline is 'Phases of campaigns by minute, quarter of an hour and hour, but for engine.timeline_changes.';
comment on column engine.timeline.dialled is 'Calls that the provider took.';
comment on column engine.timeline.answered is 'Calls that somebody answered, by their end.';
comment on column engine.timeline.completed is 'Journeys that ended COMPLETED.';
