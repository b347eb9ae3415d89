-- Visits that fall due. ServiceTitan's list has no filter on the due date and names no customer, so all of
-- them are kept here.
create table engine.servicetitan_service_events (
  team_id uuid not null,
  id bigint not null,
  recurring_service_id bigint,
  membership_id bigint,
  status text,
  due_at timestamptz,
  job_id bigint,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_service_events_pk primary key (team_id, id),
  constraint servicetitan_service_events_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_service_events_by_due on engine.servicetitan_service_events (team_id, due_at);
comment on table engine.servicetitan_service_events is 'Recurring service events.';
