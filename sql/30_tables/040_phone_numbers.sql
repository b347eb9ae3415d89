-- Numbers that a team sends from.
create table public.phone_numbers (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  phone text not null,
  label text,
  vapi_phone_number_id text,
  is_verified_for_calls boolean not null default false,
  is_verified_for_texts boolean not null default false,
  created_at timestamptz not null default engine.now(),
  rate_per_minute integer,
  daily_limit integer,
  constraint phone_numbers_pk primary key (team_id, id),
  constraint phone_numbers_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint phone_numbers_one_row_per_number unique (team_id, phone),
  constraint phone_numbers_are_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint phone_numbers_calls_need_a_vapi_id check (not is_verified_for_calls or vapi_phone_number_id is not null),
  constraint phone_numbers_rate_is_sane check (rate_per_minute between 1 and 100000),
  constraint phone_numbers_daily_limit_is_sane check (daily_limit between 1 and 10000000)
);
comment on table public.phone_numbers is 'Numbers that a team calls and texts from, and what each is verified for.';
comment on column public.phone_numbers.vapi_phone_number_id is 'Vapi''s id of the number, which a call names instead of the number.';
comment on column public.phone_numbers.rate_per_minute is
'Calls and texts that may begin from this number within any 60 seconds; null: no cap.';
comment on column public.phone_numbers.daily_limit is
'Calls and texts from this number in a day of the team''s time zone; null: no cap.';
alter table public.phone_numbers enable row level security;
create policy phone_numbers_are_seen_by_members on public.phone_numbers for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.phone_numbers to authenticated, service_role;
