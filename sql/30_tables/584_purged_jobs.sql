-- What was dropped with old partitions, in the form of engine.recount: counters keep counting it.
create table engine.purged_jobs (
  team_id uuid not null,
  campaign_id uuid not null,
  node_id text not null,
  state text not null,
  outcome text not null,
  amount bigint not null,
  constraint purged_jobs_pk primary key (team_id, campaign_id, node_id, state, outcome),
  constraint purged_jobs_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id) on delete cascade,
  constraint purged_jobs_amount_is_positive check (amount > 0)
);
comment on table engine.purged_jobs is 'How many jobs of a campaign retention has dropped, by node, state and outcome.';
