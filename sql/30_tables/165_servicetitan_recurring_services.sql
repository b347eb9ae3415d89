-- Work that comes again at a location: the way from an event that falls due to a customer.
create table engine.servicetitan_recurring_services (
  team_id uuid not null,
  id bigint not null,
  membership_id bigint,
  location_id bigint,
  type_id bigint,
  business_unit_id bigint,
  job_type_id bigint,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_recurring_services_pk primary key (team_id, id),
  constraint servicetitan_recurring_services_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_recurring_services is 'Recurring services of locations.';
