-- Ways to reach customers, numbers read by the one phone rule when they come.
create table engine.servicetitan_contacts (
  team_id uuid not null,
  id bigint not null,
  customer_id bigint,
  kind text,
  value text,
  phone text,
  do_not_text boolean not null,
  wants_marketing boolean,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_contacts_pk primary key (team_id, id),
  constraint servicetitan_contacts_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_contacts_by_customer on engine.servicetitan_contacts (team_id, customer_id);
create index servicetitan_contacts_by_phone on engine.servicetitan_contacts (team_id, phone) where phone is not null;
comment on column engine.servicetitan_contacts.phone is 'E.164; null when the value is no number that may be dialled.';
comment on column engine.servicetitan_contacts.wants_marketing is 'marketingUpdatesEnabled; null when it was never said.';
comment on table engine.servicetitan_contacts is 'Phones and e-mail addresses of customers.';
