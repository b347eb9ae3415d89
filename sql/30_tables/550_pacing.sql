-- Where the batching of a node stands: due times are dealt out from here when jobs are made, so that
-- nothing has to sleep later.
create table engine.pacing (
  team_id uuid not null,
  campaign_id uuid not null,
  node_id text not null,
  slot_at timestamptz not null,
  slot_used integer not null default 0,
  constraint pacing_pk primary key (team_id, campaign_id, node_id),
  constraint pacing_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id) on delete cascade,
  constraint pacing_slot_used_is_not_negative check (slot_used >= 0)
);
comment on table engine.pacing is 'The latest batch slot of each node of a campaign, and how much of it is taken.';
