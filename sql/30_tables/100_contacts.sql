-- People that a team may reach: one row for each number.
create table public.contacts (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  phone text not null,
  phone_extension text,
  first_name text,
  last_name text,
  email text,
  timezone text,
  timezones text[] not null,
  regions text[] not null default '{}',
  postal_code text,
  servicetitan_customer_id bigint,
  created_at timestamptz not null default engine.now(),
  updated_at timestamptz not null default engine.now(),
  constraint contacts_pk primary key (team_id, id),
  constraint contacts_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint contacts_one_per_number unique (team_id, phone),
  constraint contacts_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint contacts_email_is_plausible check (email ~ '^[^@\s]+@[^@\s]+$'),
  constraint contacts_timezones_are_set check (timezones is not null and array_position(timezones, null) is null)
);
-- Few enough to be kept while files are read in: most contacts of most teams are no customer of ServiceTitan's.
create index contacts_by_customer on public.contacts (team_id, servicetitan_customer_id)
where servicetitan_customer_id is not null;
comment on table public.contacts is 'People that a team may reach, one row for each E.164 number.';
comment on column public.contacts.timezone is 'IANA zone that a source stated for this person; null when none did.';
comment on column public.contacts.timezones is
'Every IANA zone that the person may be in. Contact is allowed only when each of them allows it; empty means unknown, so never.';
comment on column public.contacts.regions is 'US states or other regions whose calling rules apply; empty when none is known.';
alter table public.contacts enable row level security;
create policy contacts_are_seen_by_members on public.contacts for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.contacts to authenticated, service_role;
