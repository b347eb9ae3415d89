-- How much of each batch slot of a node is dealt out. Due times are spread when jobs are made, so that
-- nothing has to sleep later.
create table engine.pacing (
  team_id uuid not null,
  campaign_id uuid not null,
  node_id text not null,
  slot_at timestamptz not null,
  used integer not null,
  constraint pacing_pk primary key (team_id, campaign_id, node_id, slot_at),
  constraint pacing_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id) on delete cascade,
  constraint pacing_used_is_positive check (used > 0)
);
create index pacing_by_slot on engine.pacing (slot_at);
comment on table engine.pacing is 'Jobs dealt into each batch slot of a campaign''s node; old slots are removed by the tick.';
