-- The inbox: what providers told, once each. An event that comes before its attempt is known waits.
create table engine.events (
  provider public.provider not null,
  event_key text not null,
  team_id uuid,
  attempt_id uuid,
  provider_id text,
  secret_name text,
  type text not null,
  payload jsonb not null,
  occurred_at timestamptz,
  received_at timestamptz not null default engine.now(),
  applied_at timestamptz,
  result text not null default 'waiting',
  sought_at timestamptz,
  constraint events_pk primary key (provider, event_key),
  constraint events_result_is_known check (result in ('waiting', 'applied', 'ignored')),
  constraint events_waiting_are_not_applied check ((result = 'waiting') = (applied_at is null))
);
create index events_waiting on engine.events (provider, provider_id) where result = 'waiting';
create index events_by_attempt on engine.events (team_id, attempt_id);
create index events_of_nobody on engine.events (applied_at)
where applied_at is not null and (team_id is null or attempt_id is null);
comment on table engine.events is 'Inbox of provider events, applied once each; unknown ones wait for their attempt.';
comment on column engine.events.secret_name is
'Name of the secret that the sender proved to know; null for what the engine asked for itself. It vouches only for
accounts that have that secret.';
comment on column engine.events.event_key is 'Identity of the event at its provider: what repeated deliveries share.';
comment on column engine.events.sought_at is 'When the history was searched for the attempt of an event that waits.';
