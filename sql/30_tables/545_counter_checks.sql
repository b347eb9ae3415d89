-- What the nightly comparison of counters with the rows found, the last time for each campaign. Nothing is mended by
-- it: a difference is a defect, and whoever looks for it needs to see it.
create table engine.counter_checks (
  team_id uuid not null,
  campaign_id uuid not null,
  checked_at timestamptz not null,
  found_at timestamptz,
  difference_count integer not null default 0,
  differences jsonb not null default '[]',
  constraint counter_checks_pk primary key (team_id, campaign_id),
  constraint counter_checks_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id) on delete cascade,
  constraint counter_checks_found_know_when check ((difference_count > 0) = (found_at is not null)),
  constraint counter_checks_differences_are_a_list check (jsonb_typeof(differences) = 'array')
);
comment on table engine.counter_checks is 'The last comparison of each campaign''s counters with its rows.';
comment on column engine.counter_checks.found_at is 'Since when they have differed.';
comment on column engine.counter_checks.differences is 'The first hundred: [{counter, of, counted, recounted}].';
