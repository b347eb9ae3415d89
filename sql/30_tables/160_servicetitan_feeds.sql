-- How far each export of a team's ServiceTitan account was read. The token and the records that came with
-- it are stored in one transaction, so that nothing is skipped and nothing needs to be read twice.
create table engine.servicetitan_feeds (
  team_id uuid not null,
  feed text not null,
  continue_from text,
  read_at timestamptz not null default engine.now(),
  constraint servicetitan_feeds_pk primary key (team_id, feed),
  constraint servicetitan_feeds_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_feeds_feed_is_known check (
    feed in (
      'customers', 'contacts', 'locations', 'memberships', 'recurring_services', 'service_events'
    )
  )
);
comment on table engine.servicetitan_feeds is 'Export tokens: how far each feed of a team was read.';
comment on column engine.servicetitan_feeds.read_at is 'When the last page was stored.';
