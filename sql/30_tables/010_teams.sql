-- The tenant. Every other row belongs to one.
create table public.teams (
  id uuid not null default engine.new_id(),
  name text not null,
  country text not null default 'US',
  timezone text not null default 'America/New_York',
  is_sandbox boolean not null default false,
  created_at timestamptz not null default engine.now(),
  frequency_limit integer,
  frequency_window interval,
  constraint teams_pk primary key (id),
  constraint teams_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint teams_country_is_iso_3166 check (country ~ '^[A-Z]{2}$'),
  constraint teams_timezone_is_iana check (timezone ~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$'),
  constraint teams_frequency_cap_is_whole check ((frequency_limit is null) = (frequency_window is null)),
  constraint teams_frequency_limit_is_sane check (frequency_limit between 1 and 1000),
  constraint teams_frequency_window_is_sane check (frequency_window between interval '1 minute' and interval '365 days')
);
comment on table public.teams is 'A home-service company: the tenant.';
comment on column public.teams.country is 'ISO 3166-1 alpha-2: the default region for phone numbers.';
comment on column public.teams.is_sandbox is
'All providers of this team are the sandbox; only such a team may hold numbers reserved for fiction.';
comment on column public.teams.frequency_limit is
'So many calls and texts to one number within frequency_window, whatever the campaign; null: no cap.';
comment on column public.teams.frequency_window is 'How far back contacts count towards frequency_limit; days of 24 hours.';
