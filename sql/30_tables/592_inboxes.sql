-- How far the texts that people sent to a number of ours have been asked for at its provider: a webhook that
-- never came must not lose a stop.
create table engine.inboxes (
  team_id uuid not null,
  phone_number_id uuid not null,
  read_at timestamptz not null,
  check_at timestamptz not null,
  constraint inboxes_pk primary key (team_id, phone_number_id),
  constraint inboxes_number_exists
  foreign key (team_id, phone_number_id) references public.phone_numbers (team_id, id) on delete cascade
);
comment on table engine.inboxes is 'How far the texts to each of our numbers have been asked for at the provider.';
comment on column engine.inboxes.read_at is 'Texts from before this moment are in the inbox.';
comment on column engine.inboxes.check_at is 'When the provider is asked next.';
