-- The tenant. Every other row belongs to one.
create table public.teams (
  id uuid not null default engine.new_id(),
  name text not null,
  country text not null default 'US',
  timezone text not null default 'America/New_York',
  is_sandbox boolean not null default false,
  created_at timestamptz not null default engine.now(),
  constraint teams_pk primary key (id),
  constraint teams_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint teams_country_is_iso_3166 check (country ~ '^[A-Z]{2}$'),
  constraint teams_timezone_is_iana check (timezone ~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$')
);
comment on table public.teams is 'A home-service company: the tenant.';
comment on column public.teams.country is 'ISO 3166-1 alpha-2: the default region for phone numbers.';
comment on column public.teams.is_sandbox is
'All providers of this team are the sandbox; only such a team may hold numbers reserved for fiction.';
