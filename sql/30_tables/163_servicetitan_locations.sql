-- Places that are served.
create table engine.servicetitan_locations (
  team_id uuid not null,
  id bigint not null,
  customer_id bigint,
  postal_code text,
  tag_ids bigint[] not null default '{}',
  merged_to_id bigint,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_locations_pk primary key (team_id, id),
  constraint servicetitan_locations_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_locations_by_customer on engine.servicetitan_locations (team_id, customer_id);
comment on table engine.servicetitan_locations is 'Locations of customers.';
