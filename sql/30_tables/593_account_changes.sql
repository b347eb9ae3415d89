-- When another account was connected in place of one. What was asked of the one before cannot be asked about any
-- more: that the account of today has no trace of it proves nothing.
create table engine.account_changes (
  team_id uuid not null,
  integration_id uuid not null,
  changed_at timestamptz not null,
  constraint account_changes_pk primary key (team_id, integration_id),
  constraint account_changes_integration_exists
  foreign key (team_id, integration_id) references public.integrations (team_id, id) on delete cascade
);
comment on table engine.account_changes is 'When the account behind an integration was last changed for another one.';
