-- The dispatch ledger: written and committed before a request leaves, closed when its fate is known.
create table engine.attempts (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  job_id uuid not null,
  attempt_number integer not null,
  provider public.provider not null,
  status public.attempt_status not null default 'OPEN',
  worker text not null,
  request jsonb not null,
  begun_at timestamptz not null default engine.now(),
  provider_id text,
  code text,
  message text,
  resolved_at timestamptz,
  phone text not null,
  phone_number_id uuid not null,
  is_contact boolean not null default true,
  constraint attempts_pk primary key (team_id, id),
  constraint attempts_job_exists foreign key (team_id, job_id) references engine.jobs (team_id, id),
  constraint attempts_are_numbered unique (team_id, job_id, attempt_number),
  constraint attempts_of_one_provider_message_are_one unique (team_id, provider, provider_id),
  constraint attempts_accepted_know_the_provider_id check (status <> 'ACCEPTED' or provider_id is not null),
  constraint attempts_open_until_resolved check ((status in ('OPEN', 'AMBIGUOUS')) = (resolved_at is null))
);
-- A request that may have reached the provider, or did, leaves no room for another of the same job.
create unique index attempts_one_live_per_job on engine.attempts (team_id, job_id)
where status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED');
-- What caps are counted by: contacts of a person, and requests from a sending number.
create index attempts_by_phone on engine.attempts (phone, team_id, begun_at);
create index attempts_by_sending_number on engine.attempts (team_id, phone_number_id, begun_at);
create index attempts_by_id on engine.attempts (id);
create index attempts_by_provider_id on engine.attempts (provider, provider_id) where provider_id is not null;
comment on table engine.attempts is 'One request to a provider for a job, committed before the request is made.';
comment on column engine.attempts.request is 'What is asked of the provider, without any secret; also what a lookup compares with.';
comment on column engine.attempts.phone is 'The number called or texted: that of the job.';
comment on column engine.attempts.phone_number_id is 'The number that it was sent from: that of the campaign.';
comment on column engine.attempts.is_contact is
'False once the provider, which had taken the request, said that nobody was dialled for want of a line or an account.';
