-- Memberships, the ended ones included.
create table engine.servicetitan_memberships (
  team_id uuid not null,
  id bigint not null,
  customer_id bigint,
  location_id bigint,
  status text,
  type_id bigint,
  business_unit_id bigint,
  starts_at timestamptz,
  ends_at timestamptz,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_memberships_pk primary key (team_id, id),
  constraint servicetitan_memberships_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_memberships_by_customer on engine.servicetitan_memberships (team_id, customer_id);
comment on table engine.servicetitan_memberships is 'Memberships of customers.';
