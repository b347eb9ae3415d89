-- Customers as ServiceTitan's export has them, narrow: what definitions ask for and what a contact needs.
-- Deleted and merged ones stay, because others point at them.
create table engine.servicetitan_customers (
  team_id uuid not null,
  id bigint not null,
  name text,
  kind text,
  postal_code text,
  balance numeric,
  tag_ids bigint[] not null default '{}',
  do_not_service boolean not null,
  merged_to_id bigint,
  created_at timestamptz,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_customers_pk primary key (team_id, id),
  constraint servicetitan_customers_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_customers_merged on engine.servicetitan_customers (team_id, merged_to_id) where merged_to_id is not null;
comment on table engine.servicetitan_customers is 'Customers of a teams ServiceTitan account, kept by its export.';
