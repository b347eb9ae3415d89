-- Assembled from sql/ by `outbound dev migration`.

set lock_timeout = '5s';
set statement_timeout = '10min';
set check_function_bodies = off;

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.find_attempts(engine.event_source[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.free_to_begin(uuid[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.advance_enrollments(engine.finished_job[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.apply_known_events(engine.event_ref[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.credit_outcomes(engine.finished_job[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.find_exclusions(uuid, jsonb, engine.candidate[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.launch_scheduled_campaigns();

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.local_days(text, timestamp with time zone, timestamp with time zone);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.lock_open_jobs(public.campaigns);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.next_steps(engine.finished_job[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.plan_outreach(public.audience_lists, public.outreach_kind, public.contact_channel);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.read_events(engine.event_ref[]);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.readmit_number(uuid, text, public.contact_channel, text, text);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.spread_due_jobs(public.campaigns);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.start_issues(text, timestamp with time zone);

-- made again below with an argument more, which has a default: whoever names the arguments calls it as before
-- squawk-ignore ban-drop-function
drop function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid, jsonb, jsonb);

-- made again below with an argument more, which has a default: whoever names the arguments calls it as before
-- squawk-ignore ban-drop-function
drop function public.update_campaign(uuid, text, uuid, uuid, uuid, text, boolean, integer, jsonb, jsonb);

-- nothing outside a statement ever held one
-- squawk-ignore ban-drop-column
alter type engine.event_reading drop attribute provider_id;

alter type engine.task_kind add value if not exists 'watch' before 'preview';

-- sql/10_schemas/30_worker_role.sql
-- Workers log in as a role of their own that can execute the engine's functions and nothing else.
-- It is created without login; a deployment gives it a password. Roles belong to the cluster, so
-- the role may be there already.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'outbound_worker') then
    create role outbound_worker nologin noinherit;
  end if;
end
$$;
grant usage on schema engine to outbound_worker;
-- Workers' statements are short and many: compiling one takes longer than running it.
alter role outbound_worker set jit = off;
-- Some, such as storing a large import, take longer than the two minutes that a hosted project allows every statement.
alter role outbound_worker set statement_timeout = '10min';
-- Names of types are looked for among a session's own temporary ones first, also with an empty search_path: who may make
-- these puts checks of her own into functions that run as their owner. Everybody may, by a grant to public, so that is
-- taken away, and given by name to the roles of Supabase that had it. Without the owner's rights this only warns, and
-- `outbound doctor` says so.
do $$
begin
  execute (
    select format('grant temporary on database %I to %s', current_database(), string_agg(quote_ident(r.rolname), ', '))
    from pg_catalog.pg_roles as r
    where r.rolname in (
      'anon', 'authenticated', 'service_role', 'authenticator', 'dashboard_user', 'supabase_auth_admin',
      'supabase_storage_admin', 'supabase_functions_admin', 'supabase_replication_admin', 'supabase_read_only_user'
    )
  );
  execute format('revoke temporary on database %I from public, outbound_worker', current_database());
end
$$;

-- sql/20_types/engine_batches.sql
-- Rows that one step of a batch has read and hands on, so that the next does not look them up again.
create type engine.beginning_job as (
  id uuid,
  team_id uuid,
  campaign_id uuid,
  contact_id uuid,
  phone text
);
comment on type engine.beginning_job is 'A job that is about to begin, with what of it never changes and must be locked before.';

create type engine.ended_job as (
  team_id uuid,
  job_id uuid,
  outcome public.job_outcome,
  reason_code text,
  reply_text text,
  channel public.contact_channel,
  campaign_id uuid,
  enrollment_id uuid,
  contact_id uuid,
  phone text,
  workflow_id uuid,
  node_id text,
  visit integer,
  priority smallint
);
comment on type engine.ended_job is 'A job that has just ended, with what of it decides where its enrollment goes.';

create type engine.told_event as (
  provider public.provider,
  event_key text,
  team_id uuid,
  attempt_id uuid,
  job_id uuid,
  attempt_status public.attempt_status,
  provider_id text,
  type text,
  payload jsonb
);
comment on type engine.told_event is 'A stored event with the attempt that it is about, as that was when the event was stored.';

-- sql/30_tables/180_servicetitan_work.sql
-- The jobs and appointments that members of lists matched by, and what is known of their being cancelled: as a
-- refresh saw it when they matched, and since. A list may want cancelled ones; only what changed since stops anybody.
create table engine.servicetitan_work (
  team_id uuid not null,
  kind text not null,
  id bigint not null,
  was_cancelled boolean not null,
  cancelled_at timestamptz,
  kept_at timestamptz not null default engine.now(),
  constraint servicetitan_work_pk primary key (team_id, kind, id),
  constraint servicetitan_work_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_work_kind_is_known check (kind in ('job', 'appointment'))
);
create index servicetitan_work_cancelled on engine.servicetitan_work (team_id) where cancelled_at is not null;
create index servicetitan_work_by_age on engine.servicetitan_work (kept_at);
comment on table engine.servicetitan_work is 'Jobs and appointments that members of lists matched by, and whether they were cancelled.';
comment on column engine.servicetitan_work.was_cancelled is 'Whether it was cancelled when a refresh last matched it.';
comment on column engine.servicetitan_work.cancelled_at is
'When we learned that it was cancelled although it was not when it matched; null: not that anybody knows.';
comment on column engine.servicetitan_work.kept_at is
'When it was last known to be needed, to the month: a refresh matched it, or somebody was found enrolled for it.';

-- sql/30_tables/181_servicetitan_watches.sql
-- How far each team's ServiceTitan was asked what was cancelled. Another tenant gets another id, so that whoever
-- still reads the one before stores nothing.
create table engine.servicetitan_watches (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  queued_at timestamptz,
  looked_at timestamptz,
  constraint servicetitan_watches_pk primary key (team_id),
  constraint servicetitan_watches_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_watches is 'How far each team''s ServiceTitan was asked for cancelled jobs and appointments.';
comment on column engine.servicetitan_watches.id is 'What tasks that look are for.';
comment on column engine.servicetitan_watches.queued_at is 'When a look was last queued.';
comment on column engine.servicetitan_watches.looked_at is 'Until when everything that was cancelled is known; null: nobody has looked.';

-- sql/30_tables/592_inboxes.sql
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

-- sql/30_tables/592_tick_failures.sql
-- What the tick could not do when it tried last, and since when. A step that goes well again takes its row away, so
-- that whatever is here stands: `outbound doctor` shows it. Nothing reads it to decide anything but whom to try last.
create table engine.tick_failures (
  step text not null,
  subject text not null default '',
  first_failed_at timestamptz not null default engine.now(),
  failed_at timestamptz not null default engine.now(),
  failure_count bigint not null default 1,
  code text not null,
  message text not null,
  constraint tick_failures_pk primary key (step, subject),
  constraint tick_failures_count_is_positive check (failure_count > 0)
);
comment on table engine.tick_failures is 'Steps of the tick that failed when they were last tried.';
comment on column engine.tick_failures.subject is 'Id of what the step failed for, such as a campaign; empty: the step as a whole.';
comment on column engine.tick_failures.first_failed_at is 'The first failure since it last went well.';
comment on column engine.tick_failures.code is 'SQLSTATE.';

-- sql/30_tables/593_account_changes.sql
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

-- sql/30_tables/594_enrollment_work.sql
-- The job and the appointment in ServiceTitan that somebody was enrolled for, where they were not cancelled when they
-- matched: when they are, the journey is over. Kept here because a refresh takes people off the list whose job is.
create table engine.enrollment_work (
  team_id uuid not null,
  enrollment_id uuid not null,
  kind text not null,
  servicetitan_id bigint not null,
  campaign_id uuid not null,
  matched_at timestamptz not null,
  constraint enrollment_work_pk primary key (team_id, enrollment_id, kind),
  constraint enrollment_work_enrollment_exists
  foreign key (team_id, enrollment_id) references engine.enrollments (team_id, id) on delete cascade,
  constraint enrollment_work_kind_is_known check (kind in ('job', 'appointment'))
);
create index enrollment_work_by_work on engine.enrollment_work (team_id, kind, servicetitan_id);
create index enrollment_work_by_campaign on engine.enrollment_work (team_id, campaign_id);
comment on table engine.enrollment_work is 'Jobs and appointments of ServiceTitan that people were enrolled for.';
comment on column engine.enrollment_work.matched_at is 'When the refresh began that last saw it not cancelled.';

-- sql/40_functions/audiences/add_members.sql
-- The contacts of the accepted rows as members, with what made them match.
create or replace function engine.add_members(
  p_team_id uuid, p_run_id uuid, p_list_id uuid, p_from text default '', p_before text default null
)
returns bigint
language plpgsql
set search_path = ''
set work_mem = '64MB' -- joins of all rows, and a sort
as $$
declare
  v_now timestamptz := engine.now();
  v_added bigint;
begin
  insert into public.audience_members (
    team_id, list_id, contact_id, servicetitan_customer_id, servicetitan_job_id, servicetitan_job_type_id,
    servicetitan_appointment_id, appointment_starts_at, added_at
  )
  with people as materialized (
    select
      c.id, k.servicetitan_customer_id, f.servicetitan_job_id, f.servicetitan_job_type_id, f.servicetitan_appointment_id,
      f.appointment_starts_at
    from engine.checked_rows as k
    inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
    left join engine.member_facts as f on k.team_id = f.team_id and k.run_id = f.run_id and k.row_number = f.row_number
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
      and k.phone >= p_from and (p_before is null or k.phone < p_before)
      and c.phone >= p_from and (p_before is null or c.phone < p_before) -- the same, for the index
  )
  select
    p_team_id, p_list_id, p.id, p.servicetitan_customer_id, p.servicetitan_job_id, p.servicetitan_job_type_id,
    p.servicetitan_appointment_id, p.appointment_starts_at, v_now
  from people as p
  where not exists (
    select from public.audience_members as m
    where m.team_id = p_team_id and m.list_id = p_list_id and m.contact_id = p.id
      -- or all members would be read for each range of new contacts, whose ids are next to each other
      and m.contact_id >= (select n.id from people as n order by n.id limit 1)
      and m.contact_id <= (select n.id from people as n order by n.id desc limit 1)
  )
  order by p.id; -- in the key's order, as everybody who adds members, so that two of them never wait in a circle
  get diagnostics v_added = row_count;
  return v_added;
end
$$;
comment on function engine.add_members(uuid, uuid, uuid, text, text) is
'Adds the contacts of a run''s accepted rows, with numbers in [from, before) if that is given, to a list; returns how many of them were no members before.';
revoke all on function engine.add_members(uuid, uuid, uuid, text, text) from public;

-- sql/40_functions/audiences/check_new_rows.sql
-- Checks the staged rows of a run, or a preview, that come after those that are checked already. Batch by
-- batch, so that memory stays flat whatever the file's size: that is the reason for the loop.
create or replace function engine.check_new_rows(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_batch constant integer := 20000;
  v_from bigint;
begin
  select max(k.row_number) + 1 into v_from
  from engine.checked_rows as k
  where k.team_id = p_team_id and k.run_id = p_run_id;
  loop
    select min(r.row_number) into v_from
    from engine.import_rows as r
    where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number >= coalesce(v_from, 0);
    exit when v_from is null;
    perform engine.check_other_rows(p_team_id, p_run_id, v_from, v_from + c_batch - 1);
    v_from := v_from + c_batch;
  end loop;
end
$$;
comment on function engine.check_new_rows(uuid, uuid) is 'Checks staged rows into engine.checked_rows, from the first on that is not checked.';
revoke all on function engine.check_new_rows(uuid, uuid) from public;

-- sql/40_functions/audiences/check_other_rows.sql
-- Checks the staged rows of a run, or a preview, that engine.check_usual_rows has left of these numbers, or that it was
-- not asked for: no more than memory holds.
create or replace function engine.check_other_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into engine.checked_rows
  select
    p_team_id, p_run_id, c.row_number, c.phone, c.phone_extension, c.first_name, c.last_name, c.email, c.timezone,
    c.timezones, c.regions, c.postal_code, c.servicetitan_customer_id, c.verdict, c.issues
  from public.teams as t
  cross join lateral engine.check_rows(
    engine.unchecked_rows(p_team_id, p_run_id, p_first, p_last), t.country, t.is_sandbox
  ) as c
  where t.id = p_team_id
$$;
comment on function engine.check_other_rows(uuid, uuid, bigint, bigint) is 'Checks staged rows of these numbers that are not checked yet.';
revoke all on function engine.check_other_rows(uuid, uuid, bigint, bigint) from public;

-- sql/40_functions/audiences/check_staged_rows.sql
-- For workers that copy a large file side by side: each checks the rows that it has just copied, and commits
-- them. Another connection holds the run meanwhile and stores them in the end, or nobody does.
create or replace function engine.check_staged_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns void
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
as $$
begin
  perform engine.join_run(p_team_id, p_run_id);
  -- what a crash takes here is checked again from the file; the disk waits for the end of the run
  perform set_config('synchronous_commit', 'off', true);
  perform engine.check_usual_rows(p_team_id, p_run_id, p_first, p_last);
  perform engine.check_other_rows(p_team_id, p_run_id, p_first, p_last);
end
$$;
comment on function engine.check_staged_rows(uuid, uuid, bigint, bigint) is 'Checks staged rows of a running run, from one row number to another.';
revoke all on function engine.check_staged_rows(uuid, uuid, bigint, bigint) from public;
grant execute on function engine.check_staged_rows(uuid, uuid, bigint, bigint) to outbound_worker;

-- sql/40_functions/audiences/check_usual_rows.sql
-- The check of rows of which all is as usual: a number of North America, names, an address, a ZIP code, a customer's id.
-- Most rows of most files are such, and engine.check_rows, which takes whatever comes, costs three times as much for
-- each. It must say the same of them; whatever could be more than it seems is left to engine.check_other_rows.
create or replace function engine.check_usual_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
set enable_mergejoin = off -- sets of any size are joined and grouped here, by hash
set enable_nestloop = off
set enable_sort = off
as $$
begin
  insert into engine.checked_rows (
    team_id, run_id, row_number, phone, first_name, last_name, email, timezones, regions, postal_code,
    servicetitan_customer_id, verdict
  )
  with areas as materialized (
    select a.area_code
    from public.teams as t
    inner join reference.calling_codes as c on t.country = any(c.countries)
    cross join reference.area_codes as a
    where t.id = p_team_id and c.calling_code = '1' and a.kind <> 'premium'
  ),
  usual as materialized (
    select r.*, a.area_code || left(coalesce(r.postal_code, ''), 3) as place
    from (
      select
        b.row_number, b.first_name, b.last_name, b.email, b.postal_code, b.customer_id, b.ten,
        b.bare in (b.ten, '1' || b.ten, '+1' || b.ten)
        and octet_length(b.ten) = 10 and b.ten not like '___0%' and b.ten not like '___1%'
        and b.ten not like '____11%' and b.ten not like '___55501%'
        and octet_length(coalesce(b.first_name, '')) <= 200 and octet_length(coalesce(b.last_name, '')) <= 200
        and coalesce(b.first_name, '') not like '="%' and coalesce(b.last_name, '') not like '="%'
        and coalesce(b.email, 'a@b.c') like '_%@_%._%' and coalesce(b.email, '') not like '%@%@%'
        and octet_length(coalesce(b.email, '')) <= 200 and coalesce(b.email, '') !~ '[ <>(),;/|":\t\r\n\u00A0]'
        and (b.postal_code is null or octet_length(b.postal_code) = 5)
        and (b.customer_id is null or octet_length(b.customer_id) between 1 and 18)
        -- one look for all that must be digits, and no counting in it, which takes three times as long
        and b.ten || coalesce(b.postal_code, '') || coalesce(b.customer_id, '') !~ '[^0-9]' as is_usual
      from (
        select r.*, right(r.bare, 10) as ten
        from (
          select
            r.row_number, r.email, r.postal_code, r.servicetitan_customer_id as customer_id,
            nullif(btrim(r.first_name, E' \t\r\n\u00A0'), '') as first_name,
            nullif(btrim(r.last_name, E' \t\r\n\u00A0'), '') as last_name,
            translate(r.phone, ' ()-.', '') as bare
          from engine.import_rows as r
          where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number between p_first and p_last
            and r.full_name is null and r.timezone is null and r.reader_problem is null and r.phone not like '%.0'
          offset 0 -- each step once for a row
        ) as r
        offset 0
      ) as b
      offset 0
    ) as r
    inner join areas as a on left(r.ten, 3) = a.area_code
    where r.is_usual
  ),
  places as (
    select array_agg(p.place) as names, array_agg('+1' || left(p.place, 3)) as phones, array_agg(substr(p.place, 4) || '00') as codes
    from (select distinct u.place from usual as u) as p
  ),
  known as materialized (
    select p.names[z.ordinal] as place, z.timezones, z.regions
    from places as p
    cross join lateral engine.resolve_zones(p.phones, null, p.codes) as z
  )
  select
    p_team_id, p_run_id, u.row_number, '+1' || u.ten, u.first_name, u.last_name, u.email, k.timezones, k.regions,
    u.postal_code, u.customer_id::bigint, 'accepted'
  from usual as u
  inner join known as k on u.place = k.place;
end
$$;
comment on function engine.check_usual_rows(uuid, uuid, bigint, bigint) is
'Checks those staged rows of these numbers of which all is as usual, into engine.checked_rows.';
revoke all on function engine.check_usual_rows(uuid, uuid, bigint, bigint) from public;

-- sql/40_functions/audiences/exclusion_member_issues.sql
-- What is wrong with the elements of one exclusion that is a list.
create or replace function engine.exclusion_member_issues(p_team_id uuid, p_list_id uuid, p_name text, p_values jsonb)
returns setof jsonb
language sql
stable
set search_path = ''
as $$
  with given as materialized (
    select
      v.place, jsonb_typeof(v.value) as kind, v.value #>> '{}' as written,
      format('p_exclusions.%s.%s', p_name, v.place - 1) as path
    from jsonb_array_elements(p_values) with ordinality as v (value, place)
    where jsonb_array_length(p_values) <= 10000
  )

  select engine.issue('exclusion_too_many', 'p_exclusions.' || p_name, 'At most 10,000 can be listed.')
  where jsonb_array_length(p_values) > 10000
  union all
  select engine.issue('exclusion_list_unknown', g.path, 'There is no such audience list.')
  from given as g
  where p_name = 'list_ids' and not exists (
    select from public.audience_lists as l where l.team_id = p_team_id and l.id::text = lower(g.written)
  )
  union all
  select engine.issue('exclusion_of_itself', g.path, 'A list cannot leave out its own members.')
  from given as g
  where p_name = 'list_ids' and lower(g.written) = p_list_id::text
  union all
  select engine.issue('exclusion_campaign_unknown', g.path, 'There is no such campaign.')
  from given as g
  where p_name = 'campaign_ids' and not exists (
    select from public.campaigns as c where c.team_id = p_team_id and c.id::text = lower(g.written)
  )
  union all
  select engine.issue('exclusion_tag_malformed', g.path, 'A tag is the whole number that ServiceTitan gave it.')
  from given as g
  where p_name = 'tags' and (g.kind not in ('number', 'string') or coalesce(g.written, '') !~ '^[0-9]{1,18}$')
  union all
  select engine.issue('exclusion_phone_invalid', g.path, case
    -- Only the first would be left out.
    when p.others <> '{}' then 'Give each number by itself.'
    else coalesce(r.message, 'This is not a phone number.')
  end)
  from public.teams as t
  cross join lateral engine.parse_phones(
    (select array_agg(g.written order by g.place) from given as g where p_name = 'phones'), t.country, t.is_sandbox
  ) as p
  inner join given as g on p.ordinal = g.place
  left join reference.import_problems as r on p.problem = r.code
  where p_name = 'phones' and t.id = p_team_id and (p.phone is null or p.others <> '{}')
$$;
comment on function engine.exclusion_member_issues(uuid, uuid, text, jsonb) is
'Issues of the elements of list_ids, campaign_ids, tags or phones.';
revoke all on function engine.exclusion_member_issues(uuid, uuid, text, jsonb) from public;

-- sql/40_functions/audiences/find_exclusions.sql
-- Who of a set of people is left out, and why: the one rule for whatever fills a list and for launches.
-- One reason each, the first in this order: the number, another list, a campaign, a tag, a call or text
-- that a provider took or may have taken, a booking. What a customer did or was sent counts whichever of her numbers
-- it was (engine.same_customers); only a number that is left out is that number.
create or replace function engine.find_exclusions(
  p_team_id uuid, p_exclusions jsonb, p_candidates engine.candidate[], p_others engine.candidate[] default null
)
returns table (ordinal bigint, reason text)
language plpgsql
stable
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_list_ids uuid[] := array(select jsonb_array_elements_text(p_exclusions -> 'list_ids'))::uuid[];
  v_campaign_ids uuid[] := array(select jsonb_array_elements_text(p_exclusions -> 'campaign_ids'))::uuid[];
  v_tags bigint[] := array(select jsonb_array_elements_text(p_exclusions -> 'tags'))::bigint[];
  v_contacted_since timestamptz := engine.now() - engine.parse_duration(p_exclusions ->> 'contacted_within');
  v_booked_since timestamptz := case
    when p_exclusions -> 'already_booked' = 'true' then '-infinity'
    else engine.now() - engine.parse_duration(p_exclusions ->> 'booked_within')
  end;
begin
  return query
  with people as materialized (
    select p.*, true as is_own from unnest(p_candidates) as p
    union all
    select o.*, false from unnest(coalesce(p_others, array(select s from engine.same_customers(p_team_id, p_candidates) as s))) as o
  ),

  found as (
    select p.ordinal, 1 as place, 'excluded_phone' as reason
    from people as p
    where p_exclusions ? 'phones' and p.is_own
      and p.phone in (select jsonb_array_elements_text(p_exclusions -> 'phones'))
    union all
    select p.ordinal, 2, 'excluded_in_list'
    from people as p
    where v_list_ids <> '{}' and exists (
      select from public.audience_members as m
      where m.team_id = p_team_id and m.list_id = any(v_list_ids) and m.contact_id = p.contact_id
    )
    union all
    select p.ordinal, 3, 'excluded_in_campaign'
    from people as p
    where v_campaign_ids <> '{}' and exists (
      select from engine.enrollments as e
      where e.team_id = p_team_id and e.campaign_id = any(v_campaign_ids) and e.contact_id = p.contact_id
    )
    union all
    select p.ordinal, 4, 'excluded_tag'
    from people as p
    where v_tags <> '{}' and p.customer_id in (
      select t.customer_id
      from engine.customer_tags(p_team_id, array(select c.customer_id from people as c where c.customer_id is not null)) as t
      where t.tag_id = any(v_tags)
    )
    union all
    select p.ordinal, 5, 'excluded_recently_contacted'
    from people as p
    where v_contacted_since is not null and exists (
      select
      from engine.contacts_made as k
      where k.team_id = p_team_id and k.phone = p.phone and k.begun_at >= v_contacted_since
    )
    union all
    select p.ordinal, 6, 'excluded_booked'
    from people as p
    where v_booked_since is not null and exists (
      select from engine.enrollments as e
      where e.team_id = p_team_id and e.contact_id = p.contact_id and e.booked_at >= v_booked_since
    )
  )

  select distinct on (f.ordinal) f.ordinal, f.reason from found as f order by f.ordinal, f.place;
end
$$;
comment on function engine.find_exclusions(uuid, jsonb, engine.candidate[], engine.candidate[]) is
'Which of the candidates are left out, and the code in reference.import_problems that says why. p_others: their customers'' other '
'contacts, where the caller has them.';
revoke all on function engine.find_exclusions(uuid, jsonb, engine.candidate[], engine.candidate[]) from public;

-- sql/40_functions/audiences/range_marks.sql
-- Where ranges of about so many accepted rows begin, in order of their numbers. One row in 64 is looked at, which is
-- plenty to cut alike, and sorts in no time. The first begins before all numbers, and is half as long as the others,
-- as is the last: who follows a range behind has soon something to do.
create or replace function engine.range_marks(p_team_id uuid, p_run_id uuid, p_rows_of_range integer)
returns text[]
language sql
stable
set search_path = ''
as $$
  with sample as materialized (
    select k.phone
    from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted' and k.row_number % 64 = 0
  ),
  ranges as (
    select min(s.phone) as first_phone
    from (
      select
        s.phone,
        round((row_number() over (order by s.phone) - 1) * n.ranges / n.rows) as place
      from sample as s
      cross join (
        select greatest(count(*), 1)::float8 as rows, nullif(round(count(*) * 64.0 / p_rows_of_range), 1)::float8 as ranges
        from sample
      ) as n
    ) as s
    group by s.place
    having s.place > 0
  )
  select array[''] || coalesce(array_agg(r.first_phone order by r.first_phone), '{}') from ranges as r
$$;
comment on function engine.range_marks(uuid, uuid, integer) is 'Numbers at which ranges of a run''s accepted rows begin, in order.';
revoke all on function engine.range_marks(uuid, uuid, integer) from public;

-- sql/40_functions/audiences/same_customers.sql
-- Contacts of a team that have the same ServiceTitan customer are one customer with several numbers: the one rule for
-- who was reached, enrolled or booked already. A number is a contact, so whose number changes is two of them. Customers
-- that were merged are one, over however many merges; hardly any are, so that is looked into only where there are some.
create or replace function engine.same_customers(p_team_id uuid, p_candidates engine.candidate[])
returns setof engine.candidate
language plpgsql
stable
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  with recursive merged as (
    select p.ordinal, p.contact_id, p.customer_id, p.customer_id as id
    from unnest(p_candidates) as p
    where p.customer_id is not null and exists (
      select from engine.servicetitan_customers as m where m.team_id = p_team_id and m.merged_to_id is not null
    )
    union
    select f.ordinal, f.contact_id, f.customer_id, n.id
    from merged as f
    cross join lateral (
      select m.merged_to_id as id
      from engine.servicetitan_customers as m
      where m.team_id = p_team_id and m.id = f.id and m.merged_to_id is not null
      union all
      select m.id from engine.servicetitan_customers as m where m.team_id = p_team_id and m.merged_to_id = f.id
    ) as n
  )

  select p.ordinal, c.id, c.phone, c.servicetitan_customer_id
  from (
    select p.ordinal, p.contact_id, p.customer_id from unnest(p_candidates) as p where p.customer_id is not null
    union all
    select m.ordinal, m.contact_id, m.id from merged as m where m.id <> m.customer_id
  ) as p
  cross join lateral (
    select k.id, k.phone, k.servicetitan_customer_id
    from public.contacts as k
    where k.team_id = p_team_id and k.servicetitan_customer_id = p.customer_id
    offset 0 -- looked up for each customer by its key, whatever statistics say
  ) as c
  where c.id is distinct from p.contact_id;
end
$$;
comment on function engine.same_customers(uuid, engine.candidate[]) is
'The other contacts of the candidates'' customers, each under the ordinal of its candidate; none of who is no customer.';
revoke all on function engine.same_customers(uuid, engine.candidate[]) from public;

-- sql/40_functions/audiences/settle_run.sql
-- When the rows of a large file are all checked, and before any of them is stored: what only all of them together
-- show, duplicates and who is left out, is marked, for every connection to see. Returns ranges of numbers in order,
-- each with how many people of it the team does not know yet; none when there is nothing to store.
create or replace function engine.settle_run(p_team_id uuid, p_run_id uuid, p_rows_of_range integer)
returns table (from_phone text, before_phone text, new_count bigint)
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
set work_mem = '64MB' -- a look into all contacts
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
declare
  v_run public.audience_runs := engine.join_run(p_team_id, p_run_id);
  v_marks text[];
begin
  -- These marks are a transaction of their own: what a crash takes of them the next try makes again.
  perform set_config('synchronous_commit', 'off', true);
  perform engine.check_run(p_team_id, p_run_id);
  perform engine.mark_duplicates(p_team_id, p_run_id);
  perform engine.mark_excluded(p_team_id, p_run_id, engine.exclusions_of_run(v_run));
  if not v_run.is_partial_allowed and exists (
    select from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'rejected'
  ) then
    return;
  end if;
  v_marks := engine.range_marks(p_team_id, p_run_id, p_rows_of_range);
  return query
  select v_marks[r.place], v_marks[r.place + 1], r.new_count
  from (
    select
      width_bucket(k.phone, v_marks) as place,
      count(*) filter (where c.id is null) as new_count
    from engine.checked_rows as k
    left join public.contacts as c on c.team_id = p_team_id and c.phone = k.phone
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
    group by 1
  ) as r
  order by r.place;
end
$$;
comment on function engine.settle_run(uuid, uuid, integer) is
'Marks duplicates and excluded people among the checked rows of a running run; ranges of numbers to store by, '
'[from, before), with how many contacts of each are new.';
revoke all on function engine.settle_run(uuid, uuid, integer) from public;
grant execute on function engine.settle_run(uuid, uuid, integer) to outbound_worker;

-- sql/40_functions/audiences/store_contacts.sql
-- Stores the new contacts of a range of numbers ahead of the transaction that holds the run, which makes members
-- of them. A contact alone is in no list and is nobody's to call. What somebody else holds is not waited for long:
-- they may wait for the holder, which waits for this.
create or replace function engine.store_contacts(p_team_id uuid, p_run_id uuid, p_from text, p_before text)
returns bigint
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
set lock_timeout = '5s'
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
begin
  perform engine.join_run(p_team_id, p_run_id);
  -- nothing refers to them before the holder commits, whose commit takes this one to the disk as well
  perform set_config('synchronous_commit', 'off', true);
  return engine.add_contacts(p_team_id, p_run_id, p_from, p_before);
exception
  when unique_violation or lock_not_available then
    return null;
end
$$;
comment on function engine.store_contacts(uuid, uuid, text, text) is
'Stores the new contacts of a settled run whose numbers are in [from, before); how many, or null when somebody else adds one of them.';
revoke all on function engine.store_contacts(uuid, uuid, text, text) from public;
grant execute on function engine.store_contacts(uuid, uuid, text, text) to outbound_worker;

-- sql/40_functions/audiences/unchecked_rows.sql
-- The staged rows of these numbers that no check has taken yet.
create or replace function engine.unchecked_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns engine.import_rows[]
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
begin
  return (
    select array_agg(r order by r.row_number)
    from engine.import_rows as r
    where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number between p_first and p_last
      and not exists (
        select from engine.checked_rows as k
        where k.team_id = p_team_id and k.run_id = p_run_id and k.row_number = r.row_number
          and k.row_number between p_first and p_last -- the same, for the index
      )
  );
end
$$;
comment on function engine.unchecked_rows(uuid, uuid, bigint, bigint) is 'Staged rows of these numbers that are not checked yet.';
revoke all on function engine.unchecked_rows(uuid, uuid, bigint, bigint) from public;

-- sql/40_functions/campaigns/assistant_blockers.sql
-- What of a workflow has nobody to say it.
create or replace function engine.assistant_blockers(p_team_id uuid, p_workflow_id uuid)
returns table (n integer, code text, message text)
language sql
stable
set search_path = ''
as $$
  select 7, 'assistant_inactive', format('The assistant of "%s" is not active.', coalesce(n.label, n.id))
  from engine.nodes_without_assistant(p_team_id, p_workflow_id) as n
$$;
comment on function engine.assistant_blockers(uuid, uuid) is
'Nodes of a workflow whose assistant is not active: code, message and their place in a list.';
revoke all on function engine.assistant_blockers(uuid, uuid) from public;

-- sql/40_functions/campaigns/awaits_place.sql
-- Whether somebody was left out only because the campaign had her customer under another number, and may be reached: a
-- retry takes her up once nothing has the place any more. As at the launch, a number that must not be contacted on the
-- channel of the first step keeps none of the others out.
create or replace function engine.awaits_place(p_enrollment engine.enrollments, p_channel public.contact_channel)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_enrollment.status = 'SUPPRESSED' and p_enrollment.reason_code = 'same_customer' and not exists (
    select from public.suppressions as s
    where s.team_id = p_enrollment.team_id and s.phone = p_enrollment.phone and s.channel = p_channel
  )
$$;
comment on function engine.awaits_place(engine.enrollments, public.contact_channel) is
'Whether a contact was left out for another number of the customer, and may be reached.';
revoke all on function engine.awaits_place(engine.enrollments, public.contact_channel) from public;

-- sql/40_functions/campaigns/bind_enrollments.sql
-- Notes which job and appointment in ServiceTitan people are enrolled for, to stop them when it is cancelled: when they are
-- enrolled, also those who only wait for a place, because the list forgets who does not match any more. What was
-- cancelled when it matched is what the list wants, and what nobody knows the state of stops nobody.
create or replace function engine.bind_enrollments(p_campaign public.campaigns, p_jobs engine.new_job[])
returns void
language plpgsql
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_matched_at timestamptz;
begin
  if cardinality(p_jobs) = 0 or not exists (
    select from public.audience_lists as l
    where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id and l.source = 'servicetitan'
  ) then
    return;
  end if;
  -- Who came into the list with its first refresh, at this moment, was matched by that one.
  v_matched_at := (
    select coalesce(max(r.started_at) filter (where r.status <> 'RUNNING'), max(r.started_at), engine.now())
    from public.audience_runs as r
    where r.team_id = p_campaign.team_id and r.list_id = p_campaign.list_id and r.status in ('RUNNING', 'SUCCEEDED', 'PARTIAL')
  );
  insert into engine.enrollment_work (team_id, enrollment_id, kind, servicetitan_id, campaign_id, matched_at)
  select p_campaign.team_id, n.enrollment_id, w.kind, w.id, p_campaign.id, v_matched_at
  from unnest(p_jobs) as n
  inner join public.audience_members as m
    on m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id and n.contact_id = m.contact_id
  cross join lateral (values ('job', m.servicetitan_job_id), ('appointment', m.servicetitan_appointment_id)) as k (kind, id)
  inner join engine.servicetitan_work as w
    on w.team_id = p_campaign.team_id and k.kind = w.kind and k.id = w.id and not w.was_cancelled
  order by n.enrollment_id, w.kind;
end
$$;
comment on function engine.bind_enrollments(public.campaigns, engine.new_job[]) is
'Notes the ServiceTitan jobs and appointments that new enrollments of a campaign, named by enrollment and contact, are for.';
revoke all on function engine.bind_enrollments(public.campaigns, engine.new_job[]) from public;

-- sql/40_functions/campaigns/campaign_issues.sql
-- Everything that is wrong with what a campaign is to be, at once; a campaign's own values that stay as they are
-- are looked at too, because the list may have been archived meanwhile.
create or replace function engine.campaign_issues(
  p_campaign public.campaigns, p_max_lateness text, p_priority integer, p_exclusions jsonb, p_targeting jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb := '[]'::jsonb;
  v_max_lateness interval := engine.parse_duration(p_max_lateness);
begin
  if coalesce(btrim(p_campaign.name), '') = '' or length(btrim(p_campaign.name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if not exists (
    select from public.audience_lists as l
    where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id and l.status = 'ACTIVE'
  ) then
    v_issues := v_issues || engine.issue('list_unknown', 'p_list_id', 'There is no such active audience list.');
  end if;
  if not exists (
    select from public.workflows as w
    where w.team_id = p_campaign.team_id and w.id = p_campaign.workflow_id and w.status = 'PUBLISHED'
  ) then
    v_issues := v_issues || engine.issue('workflow_not_published', 'p_workflow_id', 'There is no such published workflow.');
  end if;
  if not exists (
    select from public.phone_numbers as f where f.team_id = p_campaign.team_id and f.id = p_campaign.phone_number_id
  ) then
    v_issues := v_issues || engine.issue('phone_number_unknown', 'p_phone_number_id', 'There is no such sending number.');
  end if;
  if v_max_lateness is null or v_max_lateness <= interval '0' then
    v_issues := v_issues || engine.issue(
      'duration_malformed', 'p_max_lateness', 'The latest start must be an ISO 8601 duration, such as PT6H or P2D.'
    );
  end if;
  if p_priority is null or p_priority not between 1 and 1000 then
    v_issues := v_issues || engine.issue('priority_range', 'p_priority', 'The priority must be between 1 and 1000.');
  end if;
  if p_campaign.retry_budget is null or p_campaign.retry_budget not between 0 and 100 then
    v_issues := v_issues || engine.issue('retry_budget_range', 'p_retry_budget', 'The retries in all must be between 0 and 100.');
  end if;
  return v_issues || engine.exclusion_issues(p_campaign.team_id, p_campaign.list_id, coalesce(p_exclusions, '{}'))
    || engine.targeting_issues(coalesce(p_targeting, '{}'));
end
$$;
comment on function engine.campaign_issues(public.campaigns, text, integer, jsonb, jsonb) is
'Issues of a campaign that is to be stored, with the arguments as they came; none is an empty array.';
revoke all on function engine.campaign_issues(public.campaigns, text, integer, jsonb, jsonb) from public;

-- sql/40_functions/campaigns/cancel_campaign.sql
-- The end, before the work is done. What a provider may have finishes and is counted, and makes no next
-- job; everything else is called off in this transaction. Of an outreach, customers whom nobody reached
-- are free for another one.
create or replace function public.cancel_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of launch_campaign
set lock_timeout = '10min' -- an import that enrolls members is waited for; a pause is not kept waiting by it
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'cancel', v_dry_run);
  v_work record;
  v_freed integer;
begin
  if v_dry_run then
    select w.* into v_work from engine.open_work(v_campaign) as w;
    select count(*)::integer into v_freed from engine.items_to_free(v_campaign);
  else
    perform from public.outreach_items as i
    where i.team_id = v_campaign.team_id and i.campaign_id = v_campaign.id and i.status <> 'CANCELLED'
    order by i.id
    for update;
    perform engine.lock_open_jobs(array[v_campaign]);
    select w.* into v_work from engine.open_work(v_campaign) as w;
    update public.campaigns as c
    set status = 'CANCELLED', ended_at = engine.now(), updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
    perform engine.cancel_open_work(v_campaign);
    v_freed := engine.free_items(v_campaign);
  end if;
  return engine.tell_campaign_step(
    v_campaign, 'CANCELLED', v_dry_run,
    concat_ws(
      ' ',
      format(
        '"%s" %s cancelled for good. Called off: %s due now, %s that wait for their time. With a provider already, which '
        'finish and are counted: %s.',
        v_campaign.name, engine.tense(v_dry_run), v_work.queued, v_work.waiting, v_work.in_progress
      ),
      case when v_campaign.kind = 'outreach' then
        format('Customers whom nobody has reached, free for another outreach: %s.', v_freed)
      end
    ),
    to_jsonb(v_work) || jsonb_build_object('cancelled', v_work.waiting + v_work.queued, 'freed', v_freed)
  );
end
$$;
comment on function public.cancel_campaign(uuid, boolean) is
'Cancels a campaign that is not over: {campaign_id, from, to, dry_run, at, message, waiting, queued, in_progress, cancelled, '
'freed}; cancelled enrollments, and freed customers of an outreach. With p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.cancel_campaign(uuid, boolean) from public;
grant execute on function public.cancel_campaign(uuid, boolean) to authenticated, service_role;

-- sql/40_functions/campaigns/create_campaign.sql
-- One list, one published workflow, one sending number, and whom of the list to leave out or to target.
create or replace function public.create_campaign(
  p_name text,
  p_list_id uuid,
  p_workflow_id uuid,
  p_phone_number_id uuid,
  p_max_lateness text default 'P2D',
  p_is_continuous boolean default false,
  p_priority integer default 100,
  p_team_id uuid default null,
  p_exclusions jsonb default null,
  p_targeting jsonb default null,
  p_retry_budget integer default 10
)
returns public.campaigns
language plpgsql
security definer -- writes public.campaigns, which no role may write
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
begin
  v_campaign.team_id := engine.require_team(p_team_id, 'operator');
  v_campaign.name := p_name;
  v_campaign.list_id := p_list_id;
  v_campaign.workflow_id := p_workflow_id;
  v_campaign.phone_number_id := p_phone_number_id;
  v_campaign.retry_budget := p_retry_budget;
  perform engine.hold_workflow(v_campaign.team_id, p_workflow_id);
  perform engine.refuse_issues(
    engine.campaign_issues(v_campaign, p_max_lateness, p_priority, p_exclusions, p_targeting), 'The campaign'
  );
  insert into public.campaigns (
    team_id, name, list_id, workflow_id, phone_number_id, max_lateness, is_continuous, priority, exclusions, targeting,
    retry_budget
  )
  values (
    v_campaign.team_id, btrim(p_name), p_list_id, p_workflow_id, p_phone_number_id,
    engine.parse_duration(p_max_lateness), coalesce(p_is_continuous, false), p_priority,
    engine.read_exclusions(v_campaign.team_id, coalesce(p_exclusions, '{}')),
    engine.read_targeting(coalesce(p_targeting, '{}')),
    p_retry_budget
  )
  returning * into v_campaign;
  return v_campaign;
end
$$;
comment on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid, jsonb, jsonb, integer) is
'Creates a campaign (status CREATED). p_max_lateness is an ISO 8601 duration, p_exclusions like those of lists, p_targeting '
'{tags?[], campaigns?[], business_units?[]} of ServiceTitan ids; p_retry_budget says how many retries one enrollment has, whatever the '
'node. OB001 lists all that is wrong.';
revoke all on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid, jsonb, jsonb, integer) from public;
grant execute on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid, jsonb, jsonb, integer)
to authenticated, service_role;

-- sql/40_functions/campaigns/doubled_numbers.sql
-- A campaign has a customer once, under whichever number. Of customers with several, those are left out who have their
-- place in it under another one already, and of those who come together all but the contact that the team has known
-- longest (the lowest id). Whoever is in it anyway is not asked about, and keeps nobody out but by the place she has.
create or replace function engine.doubled_numbers(
  p_campaign public.campaigns, p_candidates engine.candidate[], p_others engine.candidate[]
)
returns setof bigint
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  if cardinality(p_candidates) = 0 then
    return;
  end if;
  return query
  select o.ordinal
  from unnest(p_others) as o
  cross join lateral (
    select
    from engine.enrollments as e
    where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.contact_id = o.contact_id
      and engine.takes_place(e)
    offset 0 -- looked up for each contact by its key, whatever statistics say
  ) as e
  union
  select n.ordinal
  from (
    select k.ordinal, row_number() over (partition by k.customer_id order by k.contact_id) as place
    from (
      -- Merged customers have several ids: of all that belong together the lowest.
      select u.ordinal, min(u.customer_id) as customer_id, (array_agg(u.contact_id) filter (where u.is_own))[1] as contact_id
      from (
        select p.*, true as is_own from unnest(p_candidates) as p
        union all
        select o.*, false from unnest(p_others) as o
      ) as u
      group by u.ordinal
    ) as k
    where k.contact_id is not null and not exists (
      select from engine.enrollments as e
      where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.contact_id = k.contact_id
      offset 0
    )
  ) as n
  where n.place > 1;
end
$$;
comment on function engine.doubled_numbers(public.campaigns, engine.candidate[], engine.candidate[]) is
'Which of the candidates, who may be reached, a campaign has or takes under another number; p_others are those of their customers.';
revoke all on function engine.doubled_numbers(public.campaigns, engine.candidate[], engine.candidate[]) from public;

-- sql/40_functions/campaigns/enroll_contacts.sql
-- As engine.store_enrollments, for whoever shares the campaign with others who enroll: one after the other, to the commit.
-- Two numbers of one customer that come at once, as two leads do, would not see each other otherwise, nor would twice the
-- same contact. It costs hardly any waiting: who adds members waits for the others at the list in any case, a moment later.
-- Nobody is spared the lock, not even who brings no customer: all come to the list with it, or two could wait in a circle.
create or replace function engine.enroll_contacts(p_campaign public.campaigns, p_contact_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat('enrolling ', p_campaign.id), 0));
  return engine.store_enrollments(p_campaign, p_contact_ids);
end
$$;
comment on function engine.enroll_contacts(public.campaigns, uuid[]) is
'Enrolls contacts that are not enrolled yet, with their first jobs, while others may do the same; returns how many.';
revoke all on function engine.enroll_contacts(public.campaigns, uuid[]) from public;

-- sql/40_functions/campaigns/failed_visits.sql
-- What can be tried again in a campaign: of each journey that failed, the visit that it ended with. Without one, of
-- somebody whose first job was never made, there is nothing to try again; nor of somebody who booked after all, or whom
-- the campaign has under another number since. Who was left out for another number of hers that proved dead begins at
-- the beginning, before any visit.
create or replace function engine.failed_visits(
  p_campaign public.campaigns, p_reason_codes text[], p_enrollment_ids uuid[] default null
)
returns table (enrollment_id uuid, contact_id uuid, phone text, reason_code text, node_id text, visit integer)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set plan_cache_mode = force_custom_plan -- all of a campaign's, and by key where some are named
as $$
declare
  v_entry record;
begin
  select e.* into v_entry from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  return query
  with ended as materialized (
    select e.id, e.contact_id, e.phone, e.reason_code, e.status
    from engine.enrollments as e
    where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id
      and (p_enrollment_ids is null or e.id = any(p_enrollment_ids))
      and (p_reason_codes is null or e.reason_code = any(p_reason_codes))
      and (
        (e.status = 'FAILED' and e.booked_at is null)
        or (e.reason_code = 'same_customer' and engine.awaits_place(e, v_entry.channel))
      )
  ),

  passed as materialized (
    select o.id from engine.passed_over(p_campaign, array(select e.id from ended as e)) as o (id)
  )

  select e.id, e.contact_id, e.phone, e.reason_code, v.node_id, v.visit
  from ended as e
  cross join lateral (
    (
      select j.node_id, j.visit
      from engine.all_jobs as j
      where e.status = 'FAILED' and j.team_id = p_campaign.team_id and j.enrollment_id = e.id
      order by j.created_at desc, j.id desc
      limit 1
    )
    union all
    select v_entry.node_id, 0 where e.status <> 'FAILED'
  ) as v
  where e.id not in (select p.id from passed as p);
end
$$;
comment on function engine.failed_visits(public.campaigns, text[], uuid[]) is
'What a retry takes up in a campaign, for some reasons or all, of some enrollments or all: the last visit of what failed, 0 of who waited for a place.';
revoke all on function engine.failed_visits(public.campaigns, text[], uuid[]) from public;

-- sql/40_functions/campaigns/held_campaigns.sql
-- Campaigns that run and whose jobs wait for a number or an assistant that was taken from them. The gate holds them
-- (engine.sending_hold); this is how operators hear of it, in the words of what would keep them from being resumed.
create or replace function engine.held_campaigns()
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object('team', t.name, 'campaign_id', c.id, 'campaign', c.name, 'blockers', k.blockers)
    order by t.name, c.name, c.id
  ), '[]')
  from public.campaigns as c
  inner join public.teams as t on c.team_id = t.id
  cross join lateral (
    select jsonb_agg(b.value order by b.ordinality) as blockers
    from jsonb_array_elements(engine.running_blockers(c)) with ordinality as b
    where b.value ->> 'code' like any(array['number\_not\_verified\_for\_%', 'assistant\_inactive'])
  ) as k
  where c.status = 'ACTIVE' and k.blockers is not null
$$;
comment on function engine.held_campaigns() is
'[{team, campaign_id, campaign, blockers[{code, message}]}]: ACTIVE campaigns whose calls or texts wait for what was taken from them.';
revoke all on function engine.held_campaigns() from public;

-- sql/40_functions/campaigns/hold_places.sql
-- Before something is tried again: of a campaign of an outreach nobody else decides meanwhile what the team's outreaches do.
-- Who enrolls in the campaign itself is kept away by the lock that a retry takes of it next. This one comes first, so
-- that the campaign's workers do not wait for a long launch of another outreach.
create or replace function engine.hold_places(p_team_id uuid, p_campaign_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.lock_outreaches(r.team_id)
  from public.outreaches as r
  where r.team_id = p_team_id and r.campaign_id = p_campaign_id;
end
$$;
comment on function engine.hold_places(uuid, uuid) is
'Keeps launches of outreaches from taking customers whom a campaign of an outreach tries again. Taken before the campaign.';
revoke all on function engine.hold_places(uuid, uuid) from public;

-- sql/40_functions/campaigns/judge_members.sql
-- Who of a campaign's members is left out when they are enrolled, and why: the one rule for launches, for who
-- comes later, and for the preflight. One reason each, in this order: targeting, exclusions, what forbids
-- reaching the number on the channel of the first step, a time zone that nobody knows, and who of those that are
-- left is a customer whom the campaign has under another number.
create or replace function engine.judge_members(
  p_campaign public.campaigns, p_channel public.contact_channel, p_contact_ids uuid[]
)
returns table (contact_id uuid, phone text, timezones text[], regions text[], reason_code text, timezone text)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  with people as materialized (
    select
      a.place, p.id, p.phone, p.timezones, p.regions, coalesce(p.timezone, p.timezones[1]) as timezone,
      (a.place, p.id, p.phone, p.servicetitan_customer_id)::engine.candidate as candidate
    from unnest(p_contact_ids) with ordinality as a (id, place)
    inner join public.contacts as p on a.id = p.id and p.team_id = p_campaign.team_id
  ),

  others as materialized (
    select o.ordinal, o as candidate
    from engine.same_customers(p_campaign.team_id, array(select k.candidate from people as k)) as o
  ),

  targeted as materialized (
    select t.contact_id
    from engine.targeted_contacts(p_campaign.team_id, p_campaign.list_id, p_campaign.targeting, p_contact_ids) as t
    where p_campaign.targeting <> '{}'
  ),

  excluded as materialized (
    select x.ordinal, x.reason
    from engine.find_exclusions(
      p_campaign.team_id, p_campaign.exclusions, array(select k.candidate from people as k),
      array(select o.candidate from others as o)
    ) as x
    where p_campaign.exclusions <> '{}'
  ),

  -- Mostly nobody has two numbers, and this is read once.
  judged as not materialized (
    select p.*, case
      when p_campaign.targeting <> '{}' and t.contact_id is null then 'not_targeted'
      when x.reason is not null then x.reason
      when s.reason is not null then 'suppressed_' || s.reason
      when cardinality(p.timezones) = 0 then 'timezone_unknown'
    end as reason
    from people as p
    left join targeted as t on p.id = t.contact_id
    left join excluded as x on p.place = x.ordinal
    left join lateral (
      select u.reason
      from public.suppressions as u
      where u.team_id = p_campaign.team_id and u.phone = p.phone and u.channel = p_channel
      order by u.reason desc
      limit 1
    ) as s on true
  ),

  doubled as materialized (
    select d.ordinal
    from engine.doubled_numbers(
      p_campaign, array(
        select j.candidate from judged as j
        where exists (select from others) and j.reason is null and j.place in (select o.ordinal from others as o)
      ), array(select o.candidate from others as o)
    ) as d (ordinal)
  )

  select
    j.id, j.phone, j.timezones, j.regions, coalesce(j.reason, case when d.ordinal is not null then 'same_customer' end),
    j.timezone
  from judged as j
  left join doubled as d on j.place = d.ordinal;
end
$$;
comment on function engine.judge_members(public.campaigns, public.contact_channel, uuid[]) is
'Each of the contacts with the reason for which the campaign does not contact them; null: it does.';
revoke all on function engine.judge_members(public.campaigns, public.contact_channel, uuid[]) from public;

-- sql/40_functions/campaigns/launch_blockers.sql
-- Everything that stands in the way of a launch, all at once: [{code, message}].
create or replace function engine.launch_blockers(p_campaign public.campaigns)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with needs as (
    select distinct n.type::text::public.contact_channel as channel
    from public.workflow_nodes as n
    where n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and n.type <> 'trigger'
  ),

  found as (
    select 1 as n, 'workflow_not_published' as code, 'The workflow is not published.' as message
    from public.workflows as w
    where w.team_id = p_campaign.team_id and w.id = p_campaign.workflow_id and w.status <> 'PUBLISHED'
    union all
    select 2, 'list_archived', 'The audience list is archived.'
    from public.audience_lists as l
    where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id and l.status <> 'ACTIVE'
    union all
    select 3, 'list_empty', 'The audience list has no members.'
    where not p_campaign.is_continuous and not exists (
      select from public.audience_members as m
      where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id
    )
    union all
    select b.n, b.code, b.message
    from engine.sending_blockers(
      p_campaign.team_id, p_campaign.phone_number_id, array(select q.channel from needs as q)
    ) as b
    union all
    select b.n, b.code, b.message
    from engine.assistant_blockers(p_campaign.team_id, p_campaign.workflow_id) as b
  )

  select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'message', f.message) order by f.n, f.code), '[]')
  from found as f
$$;
comment on function engine.launch_blockers(public.campaigns) is 'What stands in the way of a launch: [{code, message}].';
revoke all on function engine.launch_blockers(public.campaigns) from public;

-- sql/40_functions/campaigns/launch_campaign.sql
-- CREATED to ACTIVE now, or to SCHEDULED when a later time is given; one that is past is refused. With p_dry_run nothing changes,
-- and the answer says what would: the numbers of a confirmation dialog.
create or replace function public.launch_campaign(
  p_campaign_id uuid,
  p_at timestamptz default null,
  p_dry_run boolean default false
)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- a list of a million takes longer than the API's usual eight seconds
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns;
  v_to public.campaign_status :=
    case when p_at > engine.now() then 'SCHEDULED' else 'ACTIVE' end::public.campaign_status;
  v_blockers jsonb;
  v_members bigint;
begin
  -- Before the campaign is locked, so that a lead that comes now waits for the launch.
  if not v_dry_run then
    perform engine.still_list(engine.require_campaign(p_campaign_id, 'operator'));
  end if;
  v_campaign := engine.take_campaign(p_campaign_id, 'launch', v_dry_run);
  if not v_dry_run then
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
  end if;
  perform engine.refuse_issues(engine.start_issues('p_at', p_at, v_campaign.team_id), 'The launch');
  v_blockers := engine.launch_blockers(v_campaign);
  if not v_dry_run then
    -- Again: the campaign may have been changed before it was locked, and who was waited for may have committed.
    if v_to = 'ACTIVE' then
      v_blockers := v_blockers || engine.filling_blockers(v_campaign);
    end if;
    perform engine.refuse_blockers(v_blockers, 'The campaign');
  end if;
  select l.member_count::bigint into v_members
  from public.audience_lists as l
  where l.team_id = v_campaign.team_id and l.id = v_campaign.list_id;
  if not v_dry_run and v_to = 'ACTIVE' then
    v_members := engine.activate_campaign(v_campaign.team_id, v_campaign.id)::bigint;
  elsif not v_dry_run then
    update public.campaigns as c
    set status = 'SCHEDULED', scheduled_at = p_at, updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
  end if;
  return engine.tell_campaign_step(
    v_campaign, v_to, v_dry_run, engine.launch_message(v_campaign, v_to, p_at, v_members, v_blockers, v_dry_run),
    jsonb_build_object('at', coalesce(p_at, engine.now()), 'members', v_members, 'blockers', v_blockers)
  );
end
$$;
comment on function public.launch_campaign(uuid, timestamptz, boolean) is
'Launches a campaign now or at p_at: {campaign_id, from, to, dry_run, at, message, members, blockers}. OB001, OB002, OB004, OB007, OB008.';
revoke all on function public.launch_campaign(uuid, timestamptz, boolean) from public;
grant execute on function public.launch_campaign(uuid, timestamptz, boolean) to authenticated, service_role;

-- sql/40_functions/campaigns/launch_scheduled_campaigns.sql
-- Launches campaigns whose time has come. What the launch needs was checked when it was scheduled; what
-- has gone missing since, or goes wrong, keeps the campaign SCHEDULED, and the next tick looks again: last of all, so that
-- it holds nobody up. Each is a subtransaction, which one that fails leaves without its locks, and is kept among the
-- failures of the tick. A call stops when it has enrolled many, so that their locks are not kept for the next one's sake.
create or replace function engine.launch_scheduled_campaigns(p_enough integer default 100000)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid;
  v_campaign public.campaigns;
  v_enrolled integer := 0;
  v_launched integer := 0;
  v_failures jsonb := '[]'::jsonb;
  v_untried text[] := '{}'::text[]; -- nothing new is known of these
begin
  -- A campaign at a time: each enrolls a whole list.
  for v_id in
    select c.id
    from public.campaigns as c
    left join engine.tick_failures as f on f.step = 'launch_campaign' and c.id::text = f.subject
    where c.status = 'SCHEDULED' and c.scheduled_at <= engine.now()
    order by f.failed_at nulls first, c.scheduled_at, c.id
  loop
    if v_enrolled >= p_enough then
      v_untried := v_untried || v_id::text;
      continue;
    end if;
    begin
      select c.* into v_campaign
      from public.campaigns as c
      where c.id = v_id and c.status = 'SCHEDULED' and c.scheduled_at <= engine.now()
      for update skip locked;
      if not found then
        v_untried := v_untried || v_id::text;
        continue;
      end if;
      perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
      perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
      -- Whoever is adding members may not have seen the campaign: that blocks it too, until the next tick.
      perform engine.refuse_blockers(
        engine.launch_blockers(v_campaign) || engine.filling_blockers(v_campaign), 'The campaign'
      );
      v_enrolled := v_enrolled + engine.activate_campaign(v_campaign.team_id, v_campaign.id);
      v_launched := v_launched + 1;
    -- Whatever is wrong with one team's campaign must not stop the launches of all the others.
    exception when others then
      raise warning 'outbound: campaign % could not be launched: % (%)', v_id, sqlerrm, sqlstate;
      v_failures := v_failures || jsonb_build_object('step', 'launch_campaign', 'subject', v_id, 'code', sqlstate, 'message', sqlerrm);
    end;
  end loop;
  perform engine.note_tick_failures(array['launch_campaign'], v_failures, v_untried);
  return v_launched;
end
$$;
comment on function engine.launch_scheduled_campaigns(integer) is
'Launches scheduled campaigns that are due, until p_enough people are enrolled; returns how many.';
revoke all on function engine.launch_scheduled_campaigns(integer) from public;

-- sql/40_functions/campaigns/lock_open_jobs.sql
-- Waits for whoever is ending one of these jobs: what comes after sees what that made of it, a retry
-- perhaps, which nobody can end any more while the campaigns are held. In order of id, as everybody locks jobs.
create or replace function engine.lock_open_jobs(p_campaigns public.campaigns[])
returns void
language sql
volatile
set search_path = ''
as $$
  select
  from unnest(p_campaigns) as c
  cross join lateral engine.open_jobs(c) as o (id)
  inner join engine.jobs as j on c.team_id = j.team_id and o.id = j.id
  order by j.id
  for update of j
$$;
comment on function engine.lock_open_jobs(public.campaigns[]) is 'Locks the open jobs of campaigns that the caller holds.';
revoke all on function engine.lock_open_jobs(public.campaigns[]) from public;

-- sql/40_functions/campaigns/passed_over.sql
-- Whom a retry passes over, of enrollments that failed or wait for their customer's place: whose place another number
-- has. Of several that failed one that may still be reached counts, and of these the last, which is the number that came
-- after; where all that failed found their numbers dead, one that waits is taken instead, and of several the contact that
-- the team has known longest. So of a customer at most one is tried. Nobody stops waiting because whom she waits for is
-- not known any more, as when a contact became another customer's: a number must have proved dead in this campaign.
create or replace function engine.passed_over(p_campaign public.campaigns, p_enrollment_ids uuid[])
returns setof uuid
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_channel public.contact_channel := (
    select e.channel from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e
  );
begin
  return query
  with asked as materialized (
    select
      e as enrollment, row_number() over () as ordinal, c.id as contact_id, c.phone, c.servicetitan_customer_id as customer_id
    from unnest(p_enrollment_ids) as a (id)
    inner join engine.enrollments as e on e.team_id = p_campaign.team_id and a.id = e.id
    inner join public.contacts as c on e.team_id = c.team_id and e.contact_id = c.id
  ),

  rivals as materialized (
    select a.ordinal, a.enrollment as own, r.enrollment as other, r.has_place
    from engine.rival_journeys(p_campaign, array(
      select (a.ordinal, a.contact_id, a.phone, a.customer_id)::engine.candidate
      from asked as a
      where a.customer_id is not null
    )) as r
    inner join asked as a on r.ordinal = a.ordinal
  )

  select (r.own).id
  from rivals as r
  where case
    when (r.own).status = 'FAILED' and (r.other).status = 'FAILED'
      then (r.has_place, (r.other).enrolled_at, (r.other).id)
        > (engine.takes_place(r.own), (r.own).enrolled_at, (r.own).id)
    when r.has_place then true
    when (r.other).campaign_id <> p_campaign.id or not engine.awaits_place(r.other, v_channel) then false
    when (r.own).status = 'FAILED' then not engine.takes_place(r.own)
    else (r.other).contact_id < (r.own).contact_id
  end
  union
  select (a.enrollment).id
  from asked as a
  where (a.enrollment).reason_code = 'same_customer' and a.ordinal not in (
    select r.ordinal
    from rivals as r
    where not r.has_place and (r.other).campaign_id = p_campaign.id and engine.was_tried(r.other)
  );
end
$$;
comment on function engine.passed_over(public.campaigns, uuid[]) is
'Which of a campaign''s enrollments are not tried again because another number of the customer has the place, or gets it.';
revoke all on function engine.passed_over(public.campaigns, uuid[]) from public;

-- sql/40_functions/campaigns/preflight_campaign.sql
-- What a launch would do, before it: whom it leaves out and why, where those are whom it reaches, when it would
-- be through, what blocks it, and what to think about. Nothing is written, and the launch asks the same rules.
create or replace function public.preflight_campaign(p_campaign_id uuid, p_at timestamptz default null)
returns jsonb
language plpgsql
stable
security definer -- reads the engine; engine.require_campaign asks engine.caller_team_ids
set search_path = ''
set jit = off
set statement_timeout = '60s' -- a list of a hundred thousand takes a few of the API's usual eight seconds, a larger one more
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'viewer');
  v_at timestamptz := greatest(coalesce(p_at, v_campaign.scheduled_at, engine.now()), engine.now());
  v_channel public.contact_channel;
  v_people jsonb;
  v_reach bigint;
  v_capped bigint;
  v_estimate jsonb;
begin
  if v_campaign.status not in ('CREATED', 'SCHEDULED') then
    perform engine.refuse(
      'OB003', format('The campaign is %s; a preflight is for one that has not started.', v_campaign.status),
      jsonb_build_object('entity', 'campaign', 'id', v_campaign.id, 'status', v_campaign.status),
      'See the metrics of one that runs.'
    );
  end if;
  perform engine.refuse_issues(engine.start_issues('p_at', p_at, v_campaign.team_id), 'The preflight');
  select e.channel into v_channel from engine.campaign_entry(v_campaign.team_id, v_campaign.workflow_id) as e;
  v_people := (
    select coalesce(jsonb_agg(to_jsonb(p)), '[]') from engine.preflight_people(v_campaign, v_channel) as p
  );
  select coalesce(sum(p.people), 0)::bigint, coalesce(sum(p.capped), 0)::bigint into v_reach, v_capped
  from jsonb_to_recordset(v_people) as p (reason_code text, people bigint, capped bigint)
  where p.reason_code is null;
  v_estimate := engine.preflight_estimate(v_campaign, v_at, v_people);
  return jsonb_build_object(
    'campaign_id', v_campaign.id, 'status', v_campaign.status, 'at', v_at,
    'members', (select coalesce(sum((p ->> 'people')::bigint), 0)::bigint from jsonb_array_elements(v_people) as p),
    'reach', v_reach,
    'funnel', engine.preflight_funnel(v_people),
    'timezones', (
      select coalesce(jsonb_agg(jsonb_build_object('timezones', z.timezones, 'people', z.people) order by z.people desc, z.timezones), '[]')
      from (
        select p.timezones, sum(p.people)::bigint as people
        from jsonb_to_recordset(v_people) as p (reason_code text, timezones text[], people bigint)
        where p.reason_code is null
        group by p.timezones
      ) as z
    ),
    'estimate', v_estimate,
    'blockers', engine.launch_blockers(v_campaign),
    'warnings', engine.preflight_warnings(v_campaign, v_reach, v_capped, v_estimate)
  );
end
$$;
comment on function public.preflight_campaign(uuid, timestamptz) is
'{campaign_id, status, at, members, reach, funnel[{code, message, left_out, left}], timezones[{timezones[], people}], '
'estimate{channel, starts_at, first_contact_at, last_contact_at, last_by_batching_at, left_over, never_open, assumptions[]}, '
'blockers[{code, message}], warnings[{code, message}]} of a launch at p_at. Changes nothing. OB001, OB003 once it has started, OB004.';
revoke all on function public.preflight_campaign(uuid, timestamptz) from public;
grant execute on function public.preflight_campaign(uuid, timestamptz) to authenticated, service_role;

-- sql/40_functions/campaigns/preflight_funnel.sql
-- From everybody in the list to those who would be contacted, a step for each reason in the order in which
-- they are looked at: how many it leaves out, and how many are left then.
create or replace function engine.preflight_funnel(p_people jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with counted as (
    select
      coalesce(p.reason_code, 'members') as code, sum(p.people) as people,
      case
        when p.reason_code is null then 0
        when p.reason_code = 'same_customer' then 300
        when p.reason_code like 'suppressed%' then 100
        else coalesce(array_position(array[
          'not_targeted', 'excluded_phone', 'excluded_in_list', 'excluded_in_campaign', 'excluded_tag',
          'excluded_recently_contacted', 'excluded_booked'
        ], p.reason_code), 200)
      end as place
    from (
      select e.reason_code, e.people from jsonb_to_recordset(p_people) as e (reason_code text, people bigint)
      union all
      select null, 0
    ) as p
    group by p.reason_code
  )

  select jsonb_agg(jsonb_build_object(
    'code', s.code, 'message', s.message, 'left_out', s.left_out, 'left', s.everybody - s.gone
  ) order by s.place, s.code)
  from (
    select
      c.code, c.place, case when c.place = 0 then 'Everybody in the list.' else engine.tell_reason(c.code) end as message,
      case when c.place = 0 then 0 else c.people end as left_out,
      sum(c.people) over () as everybody,
      sum(case when c.place = 0 then 0 else c.people end) over (order by c.place, c.code) as gone
    from counted as c
  ) as s
$$;
comment on function engine.preflight_funnel(jsonb) is
'[{code, message, left_out, left}]: members first, then each reason of engine.judge_members that leaves somebody out.';
revoke all on function engine.preflight_funnel(jsonb) from public;

-- sql/40_functions/campaigns/refuse_in_use.sql
-- The words of a refusal because campaigns use something: how many, and one of them by name.
create or replace function engine.refuse_in_use(
  p_team_id uuid, p_entity text, p_id uuid, p_campaign_ids uuid[], p_does text, p_do text, p_hint text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by constant jsonb := (
    select jsonb_agg(
      jsonb_build_object('entity', 'campaign', 'id', c.id, 'name', c.name, 'status', c.status) order by c.name, c.id
    )
    from public.campaigns as c
    where c.team_id = p_team_id and c.id = any(p_campaign_ids)
  );
  v_first constant text := v_used_by -> 0 ->> 'name';
begin
  if v_used_by is not null then
    perform engine.refuse(
      'OB005',
      case cardinality(p_campaign_ids)
        when 1 then format('The campaign "%s" %s.', v_first, p_does)
        else format('%s campaigns %s, "%s" among them.', cardinality(p_campaign_ids), p_do, v_first)
      end,
      jsonb_build_object('entity', p_entity, 'id', p_id, 'used_by', v_used_by),
      p_hint
    );
  end if;
end
$$;
comment on function engine.refuse_in_use(uuid, text, uuid, uuid[], text, text, text) is
'Raises OB005 if there are campaigns, with used_by as [{entity, id, name, status}]: the words for one ("uses it") and for several.';
revoke all on function engine.refuse_in_use(uuid, text, uuid, uuid[], text, text, text) from public;

-- sql/40_functions/campaigns/refuse_while_used.sql
-- What a campaign uses, or is about to use, can't be taken from under it.
create or replace function engine.refuse_while_used(p_team_id uuid, p_entity text, p_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_noun constant text := case p_entity when 'audience_list' then 'list' else p_entity end;
begin
  perform engine.refuse_in_use(
    p_team_id, p_entity, p_id,
    array(
      select c.id
      from public.campaigns as c
      where c.team_id = p_team_id and c.status in ('SCHEDULED', 'ACTIVE', 'PAUSED')
        and ((p_entity = 'workflow' and c.workflow_id = p_id) or (p_entity = 'audience_list' and c.list_id = p_id))
    ),
    format('uses this %s', v_noun), format('use this %s', v_noun),
    'Wait until they are completed, or unschedule or cancel them.'
  );
end
$$;
comment on function engine.refuse_while_used(uuid, text, uuid) is
'Raises OB005 while a SCHEDULED, ACTIVE or PAUSED campaign uses the workflow or audience_list; used_by is [{entity, id, name, status}].';
revoke all on function engine.refuse_while_used(uuid, text, uuid) from public;

-- sql/40_functions/campaigns/reopen_campaign.sql
-- A campaign in which something is tried again. One that was over runs again, if nothing stands in the
-- way; the rising count is what makes that step legal. Nobody looked meanwhile what ServiceTitan cancelled, so the next
-- tick does. The caller has taken it for a retry.
create or replace function engine.reopen_campaign(p_campaign public.campaigns)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_campaign.status = 'COMPLETED' then
    perform engine.hold_workflow(p_campaign.team_id, p_campaign.workflow_id);
    perform engine.hold_list(p_campaign.team_id, p_campaign.list_id);
    perform engine.refuse_blockers(engine.running_blockers(p_campaign), 'The campaign');
    update engine.servicetitan_watches as w set queued_at = null where w.team_id = p_campaign.team_id;
  end if;
  update public.campaigns as c
  set
    status = case when c.status = 'COMPLETED' then 'ACTIVE' else c.status end, ended_at = null,
    retry_count = c.retry_count + 1, updated_at = engine.now()
  where c.team_id = p_campaign.team_id and c.id = p_campaign.id;
end
$$;
comment on function engine.reopen_campaign(public.campaigns) is
'Counts a retry in a campaign, and makes it ACTIVE again when it was COMPLETED. OB007.';
revoke all on function engine.reopen_campaign(public.campaigns) from public;

-- sql/40_functions/campaigns/reopen_enrollments.sql
-- Each failed journey goes on with a new visit of the node that it ended with, spread by the node's hours
-- and batches as every job, and with a whole budget; who waited for the place of a number that proved dead begins as at
-- the launch. In a campaign that was over, whoever is called about a job or an appointment waits until ServiceTitan has
-- been asked whether it was cancelled meanwhile (engine.queue_watches). What the history has of it comes back first. The
-- caller holds the campaign, so that nobody else reopens or enrolls; of what else happens to an enrollment that has ended,
-- a late booking is seen under its lock.
create or replace function engine.reopen_enrollments(
  p_campaign public.campaigns, p_reason_codes text[], p_enrollment_ids uuid[] default null
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  c_look constant interval := interval '5 minutes'; -- a look is queued within one, and takes seconds
  v_now constant timestamptz := engine.now();
  v_ids constant uuid[] := array(
    select v.enrollment_id from engine.failed_visits(p_campaign, p_reason_codes, p_enrollment_ids) as v order by v.enrollment_id
  );
  v_delay interval;
  v_jobs engine.new_job[];
begin
  select e.delay into v_delay from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  -- In chunks, as enroll_members does; each sees what those before it opened.
  for v_from in 1..cardinality(v_ids) by c_chunk loop
    v_jobs := array(
      select (
        p_campaign.team_id, p_campaign.id, f.enrollment_id, f.contact_id, f.phone, p_campaign.workflow_id, f.node_id,
        f.visit + 1, p_campaign.priority,
        greatest(
          case when f.visit = 0 then engine.later(v_now, v_delay) else v_now end,
          (
            select v_now + c_look
            from engine.enrollment_work as b
            where p_campaign.status = 'COMPLETED' and b.team_id = p_campaign.team_id and b.enrollment_id = f.enrollment_id
            limit 1
          )
        )
      )::engine.new_job
      from engine.failed_visits(p_campaign, p_reason_codes, v_ids[v_from:v_from + c_chunk - 1]) as f
      order by f.enrollment_id
    );
    perform engine.recall_enrollments(
      array(select n.team_id from unnest(v_jobs) as n), array(select n.enrollment_id from unnest(v_jobs) as n)
    );
    with reopened as (
      update engine.enrollments as e
      set
        status = 'ACTIVE', reason_code = null, ended_at = null, retries_left = p_campaign.retry_budget,
        retry_count = e.retry_count + 1, reopened_at = v_now
      from unnest(v_jobs) as n
      where e.team_id = n.team_id and e.id = n.enrollment_id and e.status in ('FAILED', 'SUPPRESSED') and e.booked_at is null
      returning e.id
    )

    select coalesce(array_agg(n order by n.enrollment_id), '{}') into v_jobs
    from unnest(v_jobs) as n
    inner join reopened as r on n.enrollment_id = r.id;
    perform engine.create_jobs(v_jobs);
  end loop;
end
$$;
comment on function engine.reopen_enrollments(public.campaigns, text[], uuid[]) is
'Opens enrollments again that failed or waited for their customer''s place, all or some, each with a new visit.';
revoke all on function engine.reopen_enrollments(public.campaigns, text[], uuid[]) from public;

-- sql/40_functions/campaigns/resume_campaign.sql
-- Due jobs go out again, spread by the batching of their nodes and never as one burst; what has become too
-- late is closed with that reason. Holds of an outreach that waited are tried at once.
create or replace function public.resume_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of launch_campaign
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'resume', v_dry_run);
  v_blockers jsonb;
  v_work record;
  v_late bigint;
  v_holds bigint;
begin
  if not v_dry_run then
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
  end if;
  v_blockers := engine.running_blockers(v_campaign);
  if not v_dry_run then
    perform engine.refuse_blockers(v_blockers, 'The campaign');
    perform engine.lock_open_jobs(array[v_campaign]);
  end if;
  select w.* into v_work from engine.open_work(v_campaign) as w;
  if v_dry_run then
    select count(*) into v_late from engine.late_jobs(v_campaign);
  else
    update public.campaigns as c
    set status = 'ACTIVE', updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
    v_late := engine.close_late_jobs(v_campaign)::bigint;
    perform engine.spread_due_jobs(v_campaign, enum_range(null::public.contact_channel));
  end if;
  v_holds := engine.resume_holds(v_campaign, v_dry_run);
  return engine.tell_campaign_step(
    v_campaign, 'ACTIVE', v_dry_run,
    concat_ws(
      ' ',
      format(
        '"%s" %s resumed. Due, and spread by the batches of their nodes: %s. Waiting for their time: %s. Too late, and skipped: %s.',
        v_campaign.name, engine.tense(v_dry_run), v_work.queued - v_late, v_work.waiting, v_late
      ),
      case when v_holds > 0 then format('Appointments to hold: %s.', v_holds) end,
      (select format('Not before this is mended: %s', b.value ->> 'message') from jsonb_array_elements(v_blockers) as b limit 1)
    ),
    jsonb_build_object(
      'due', v_work.queued - v_late, 'waiting', v_work.waiting, 'in_progress', v_work.in_progress, 'too_late', v_late,
      'holds', v_holds, 'blockers', v_blockers
    )
  );
end
$$;
comment on function public.resume_campaign(uuid, boolean) is
'Lets a PAUSED campaign go on: {campaign_id, from, to, dry_run, at, message, due, waiting, in_progress, too_late, holds, '
'blockers}. With p_dry_run nothing changes. OB002, OB004, OB007, OB008.';
revoke all on function public.resume_campaign(uuid, boolean) from public;
grant execute on function public.resume_campaign(uuid, boolean) to authenticated, service_role;

-- sql/40_functions/campaigns/retry_failed_enrollments.sql
-- Tries once more just what failed, all of it or what failed for some reasons, and instead of a number that proved dead
-- the customer's other one, which was left out for it. A campaign that was over runs again. The gate judges each new job
-- as it does every other: whoever was suppressed since is not reached.
create or replace function public.retry_failed_enrollments(
  p_campaign_id uuid, p_reason_codes text[] default null, p_dry_run boolean default false
)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of launch_campaign
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'operator');
  v_counts jsonb;
  v_is_any boolean;
  v_blockers jsonb := '[]'::jsonb;
begin
  if not v_dry_run then
    perform engine.hold_places(v_campaign.team_id, v_campaign.id);
  end if;
  v_campaign := engine.take_campaign(p_campaign_id, 'retry', v_dry_run);
  v_counts := engine.count_failed_visits(v_campaign, p_reason_codes);
  v_is_any := v_counts ->> 'retried' <> '0';
  if v_dry_run and v_is_any and v_campaign.status = 'COMPLETED' then
    v_blockers := engine.running_blockers(v_campaign);
  elsif v_is_any and not v_dry_run then
    perform engine.reopen_campaign(v_campaign);
    perform engine.reopen_enrollments(v_campaign, p_reason_codes);
  end if;
  return engine.tell_campaign_step(
    v_campaign,
    case when v_is_any and v_campaign.status = 'COMPLETED' then 'ACTIVE' else v_campaign.status end,
    v_dry_run,
    concat_ws(
      ' ',
      format(
        'Tried again in "%s", with a whole budget of retries: %s of those who failed.', v_campaign.name,
        v_counts ->> 'retried'
      ),
      (
        select format('%s of them under a number that was left out for one that is dead.', r ->> 'enrollments')
        from jsonb_array_elements(v_counts -> 'by_reason') as r
        where r ->> 'reason_code' = 'same_customer'
      ),
      case when v_campaign.status = 'PAUSED' then 'They wait until it is resumed.' end,
      case when v_is_any and v_campaign.status = 'COMPLETED' then format('It %s active again.', engine.tense(v_dry_run)) end,
      (select format('Not before this is mended: %s', b.value ->> 'message') from jsonb_array_elements(v_blockers) as b limit 1)
    ),
    v_counts || jsonb_build_object('blockers', v_blockers)
  );
end
$$;
comment on function public.retry_failed_enrollments(uuid, text[], boolean) is
'Tries failed enrollments of an ACTIVE, PAUSED or COMPLETED campaign again, all or those with these reasons, and same_customer '
'ones whose other number proved dead: {campaign_id, '
'from, to, dry_run, at, message, retried, by_reason[{reason_code, enrollments}], by_node[{node_id, label, enrollments}], '
'blockers}. With p_dry_run nothing changes. OB002, OB004, OB007, OB008.';
revoke all on function public.retry_failed_enrollments(uuid, text[], boolean) from public;
grant execute on function public.retry_failed_enrollments(uuid, text[], boolean) to authenticated, service_role;

-- sql/40_functions/campaigns/rival_journeys.sql
-- The journeys of the candidates' other numbers that are about the same: those in the campaign, and of an outreach those
-- that other outreaches have for the same work, found by the hash that they would be known by. Nobody may be enrolled
-- for an item yet, whose hold is under way: it has the place, as for a launch (engine.done_items).
create or replace function engine.rival_journeys(p_campaign public.campaigns, p_candidates engine.candidate[])
returns table (ordinal bigint, enrollment engine.enrollments, has_place boolean)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set plan_cache_mode = force_custom_plan -- sets of one and of hundreds of thousands
as $$
declare
  v_others constant engine.candidate[] := array(
    select o from engine.same_customers(p_campaign.team_id, p_candidates) as o
  );
  v_timezone text;
begin
  if cardinality(v_others) = 0 then
    return;
  end if;
  return query
  select o.ordinal, e.journey, engine.takes_place(e.journey)
  from unnest(v_others) as o
  cross join lateral (
    select k as journey
    from engine.enrollments as k
    where k.team_id = p_campaign.team_id and k.campaign_id = p_campaign.id and k.contact_id = o.contact_id
    offset 0 -- looked up for each contact by its key, whatever statistics say
  ) as e;

  v_timezone := (select t.timezone from public.teams as t where t.id = p_campaign.team_id);
  return query
  with works as materialized (
    select o.ordinal, engine.outreach_hash(
      p_campaign.team_id, r.kind, r.channel, i.servicetitan_job_id, i.servicetitan_appointment_id, o.phone,
      (i.created_at at time zone v_timezone)::date
    ) as dedupe_hash
    from public.outreaches as r
    cross join unnest(p_candidates) as c
    cross join lateral (
      select k.servicetitan_job_id, k.servicetitan_appointment_id, k.created_at
      from public.outreach_items as k
      where k.team_id = r.team_id and k.contact_id = c.contact_id and k.outreach_id = r.id and k.status <> 'CANCELLED'
      offset 0
    ) as i
    inner join unnest(v_others) as o on c.ordinal = o.ordinal
    where r.team_id = p_campaign.team_id and r.campaign_id = p_campaign.id
  )

  select w.ordinal, d.enrollment, d.has_place
  from engine.done_items(p_campaign.team_id, array(select h.dedupe_hash from works as h)) as d
  inner join works as w on d.dedupe_hash = w.dedupe_hash
  where d.campaign_id <> p_campaign.id;
end
$$;
comment on function engine.rival_journeys(public.campaigns, engine.candidate[]) is
'What other numbers of the candidates'' customers have in a campaign, or for the same work in another outreach, and whether it takes the place.';
revoke all on function engine.rival_journeys(public.campaigns, engine.candidate[]) from public;

-- sql/40_functions/campaigns/spread_due_jobs.sql
-- After a pause (of the campaign, or of the account that a channel goes through), everybody moves up the queue of a node by
-- as many places as have become due meanwhile: the due ones take the next places, those who had them take later ones, and
-- so on to the first gap. So the batches are never exceeded, nobody overtakes, and nobody is sent before the time that was
-- dealt to her: sorted, the new places are nowhere earlier than the old ones. Contacts share places only with
-- those of the same hours. The caller holds the campaign and its open jobs.
create or replace function engine.spread_due_jobs(p_campaign public.campaigns, p_channels public.contact_channel[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  v_node_id text;
  v_due uuid[];
  v_ids uuid[];
  v_places timestamptz[];
begin
  -- A loop over the nodes that deal their jobs out.
  for v_node_id in
    select n.id from public.workflow_nodes as n
    where n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and n.config -> 'batching' is not null
      and n.type::text = any(p_channels::text[])
    order by n.id
  loop
    v_due := array(
      select j.id from engine.jobs as j
      where j.campaign_id = p_campaign.id and j.status = 'READY' and j.node_id = v_node_id and j.run_at <= engine.now()
      order by j.run_at, j.id
    );
    continue when v_due = '{}';
    perform pg_advisory_xact_lock(hashtextextended('pacing ' || p_campaign.id || ' ' || v_node_id, 0));
    perform engine.release_places(v_due);
    v_ids := '{}';
    v_places := '{}';
    for v_from in 1..cardinality(v_due) by c_chunk loop
      select v_ids || array_agg(f.job_id), v_places || array_agg(f.run_at) into v_ids, v_places
      from engine.find_places(v_due[v_from:v_from + c_chunk - 1]) as f;
    end loop;
    with queue as materialized (
      select j.id, j.run_at, coalesce(f.run_at, j.run_at) as place_at, p.timezones, p.regions
      from engine.jobs as j
      inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
      left join unnest(v_ids, v_places) as f (id, run_at) on j.id = f.id
      where j.campaign_id = p_campaign.id and j.status = 'READY' and j.node_id = v_node_id
    ),

    moved as (
      select r.id, t.place_at
      from (
        select q.*, row_number() over (partition by q.timezones, q.regions order by q.run_at, q.id) as rank from queue as q
      ) as r
      inner join (
        select q.*, row_number() over (partition by q.timezones, q.regions order by q.place_at) as rank from queue as q
      ) as t on r.timezones = t.timezones and r.regions = t.regions and r.rank = t.rank
      where r.run_at <> t.place_at
    )

    update engine.jobs as j
    set
      run_at = m.place_at,
      -- Whoever was late at the resume stays as late; the move makes nobody late.
      due_at = j.due_at + greatest(m.place_at - greatest(j.run_at, engine.now()), interval '0')
    from moved as m
    where j.team_id = p_campaign.team_id and j.id = m.id;
  end loop;
end
$$;
comment on function engine.spread_due_jobs(public.campaigns, public.contact_channel[]) is
'Spreads the due jobs of a campaign''s channels by the batching of their nodes, in the order of their due times.';
revoke all on function engine.spread_due_jobs(public.campaigns, public.contact_channel[]) from public;

-- sql/40_functions/campaigns/spread_held_jobs.sql
-- Before the pause of an account is lifted: what it held of the team's running campaigns goes on as after the pause of a
-- campaign, spread by the batches of its nodes and never as one burst; what has become too late is closed. What the team
-- sends through other accounts is not moved. The caller takes the account after this: whoever tells what a provider
-- answered holds jobs when it comes to the account, and is waited for here.
create or replace function engine.spread_held_jobs(p_team_id uuid, p_provider public.provider)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_channels constant public.contact_channel[] := array(
    select h.channel
    from unnest(enum_range(null::public.contact_channel)) as h (channel)
    where engine.provider_for(h.channel) = p_provider
  );
  v_campaigns public.campaigns[];
  v_campaign public.campaigns;
begin
  if not exists (
    select from public.integrations as i where i.team_id = p_team_id and i.provider = p_provider and i.status = 'PAUSED'
  ) then
    return;
  end if;
  -- As a pause takes them: nothing of theirs begins, and who enrolls is not waited for.
  v_campaigns := array(
    select c
    from public.campaigns as c
    where c.team_id = p_team_id and c.status = 'ACTIVE' and exists (
      select
      from engine.jobs as j
      inner join public.workflow_nodes as n
        on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
      where j.campaign_id = c.id and j.channel = any(v_channels) and j.status = 'READY' and j.run_at <= engine.now()
        and n.config -> 'batching' is not null
    )
    order by c.id
    for no key update of c
  );
  perform engine.lock_open_jobs(v_campaigns);
  -- A loop over campaigns, because each has its own queues.
  foreach v_campaign in array v_campaigns loop
    perform engine.close_late_jobs(v_campaign);
    perform engine.spread_due_jobs(v_campaign, v_channels);
  end loop;
end
$$;
comment on function engine.spread_held_jobs(uuid, public.provider) is
'Spreads the due jobs that a paused account of the team held by the batching of their nodes; nothing for one in use.';
revoke all on function engine.spread_held_jobs(uuid, public.provider) from public;

-- sql/40_functions/campaigns/start_issues.sql
-- A time of start that is far away is a slip, and one at the end of all time (timestamps have an infinity) can't be
-- counted with. One that is past is a slip too, mostly of the time zone: nobody wants everybody called at once because
-- of it. What passed while a person was looking at the page counts as now.
create or replace function engine.start_issues(p_path text, p_at timestamptz, p_team_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  c_grace constant interval := interval '5 minutes';
  v_timezone text;
begin
  if p_at not between '2000-01-01 00:00+00' and '2100-01-01 00:00+00' then
    return jsonb_build_array(engine.issue('start_invalid', p_path, 'The start must be a moment between 2000 and 2100.'));
  end if;
  if p_at < engine.now() - c_grace then
    select t.timezone into v_timezone from public.teams as t where t.id = p_team_id;
    return jsonb_build_array(engine.issue('start_past', p_path, format(
      'The start, %s, is past: in %s it is %s now. Choose a later one, or none to start now.',
      engine.tell_moment(p_at, v_timezone), v_timezone, engine.tell_moment(engine.now(), v_timezone)
    )));
  end if;
  return '[]'::jsonb;
end
$$;
comment on function engine.start_issues(text, timestamptz, uuid) is
'The problem of a moment that nothing of the team can start at: [], or one issue.';
revoke all on function engine.start_issues(text, timestamptz, uuid) from public;

-- sql/40_functions/campaigns/store_enrollments.sql
-- Enrolls contacts that are not enrolled yet, and makes their first jobs. People who must not be reached
-- are enrolled too, as SUPPRESSED with the reason, so that everyone is accounted for; so are those whom the
-- campaign leaves out. Who is enrolled is looked for before, and the rows are stored without the handling of
-- conflicts, which costs as much as a key: the caller has the campaign for itself, or goes one after the other
-- (engine.enroll_contacts).
create or replace function engine.store_enrollments(p_campaign public.campaigns, p_contact_ids uuid[])
returns integer
language plpgsql
set search_path = ''
set work_mem = '64MB' -- a sort of all rows
as $$
declare
  v_entry record;
  v_now timestamptz := engine.now();
  v_not_before timestamptz;
  v_enrolled bigint;
  v_jobs engine.new_job[];
  v_waiting engine.new_job[];
  v_ids constant uuid[] := array(select i.id from engine.new_ids(cardinality(p_contact_ids)) as i order by i.ordinal);
  v_sorted constant uuid[] := array(select a.id from unnest(p_contact_ids) as a (id) order by a.id);
begin
  select e.* into v_entry from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  v_not_before := engine.later(v_now, v_entry.delay);
  with known as materialized (
    select e.contact_id
    from engine.enrollments as e
    where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id
      and e.contact_id >= v_sorted[1] and e.contact_id <= v_sorted[cardinality(v_sorted)]
  ),

  enrolled as (
    insert into engine.enrollments (
      team_id, id, campaign_id, contact_id, phone, status, reason_code, retries_left, enrolled_at, ended_at, timezone
    )
    select
      p_campaign.team_id, v_ids[row_number() over (order by j.contact_id)], p_campaign.id, j.contact_id, j.phone,
      case
        when j.reason_code is null then 'ACTIVE'
        when j.reason_code = 'suppressed_opted_out' then 'OPTED_OUT'
        else 'SUPPRESSED'
      end::public.enrollment_status,
      j.reason_code, p_campaign.retry_budget, v_now, case when j.reason_code is not null then v_now end,
      j.timezone
    from engine.judge_members(p_campaign, v_entry.channel, p_contact_ids) as j
    left join known as k on j.contact_id = k.contact_id
    where k.contact_id is null
    order by j.contact_id
    returning id, contact_id, phone, status, reason_code
  )

  select
    count(*), array_agg(n.job) filter (where e.status = 'ACTIVE'), array_agg(n.job) filter (where e.reason_code = 'same_customer')
  into v_enrolled, v_jobs, v_waiting
  from enrolled as e
  cross join lateral (select (
    p_campaign.team_id, p_campaign.id, e.id, e.contact_id, e.phone, p_campaign.workflow_id, v_entry.node_id, 1,
    p_campaign.priority, v_not_before
  )::engine.new_job as job) as n;
  perform engine.learn_size('engine.enrollments', v_enrolled);
  perform engine.create_jobs(coalesce(v_jobs, '{}'));
  perform engine.learn_size('engine.jobs', v_enrolled); -- for the attempts that refer to it
  perform engine.bind_enrollments(p_campaign, coalesce(v_jobs, '{}') || coalesce(v_waiting, '{}'));
  return v_enrolled::integer;
end
$$;
comment on function engine.store_enrollments(public.campaigns, uuid[]) is
'Enrolls contacts that are not enrolled yet, with their first jobs; returns how many. The caller keeps others from doing the same.';
revoke all on function engine.store_enrollments(public.campaigns, uuid[]) from public;

-- sql/40_functions/campaigns/takes_place.sql
-- Whether an enrollment takes the one place that its customer has in the campaign. It does, but for one that never got
-- as far as her: who was left out at once has no job, and where every job found the number dead nobody was reached. A
-- corrected number is a reason to try then. What is in doubt takes the place: of what the provider refused only what is
-- about the number says that it is dead (what is barred is about the account), and of what it took only that the carrier
-- knows no such number, or none that takes texts; a phone that was off or a text that was filtered may be hers.
create or replace function engine.takes_place(p_enrollment engine.enrollments)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_enrollment.status not in ('SUPPRESSED', 'OPTED_OUT', 'FAILED') or p_enrollment.reached_at is not null or not coalesce(
    (
      select bool_and(p_enrollment.status <> 'OPTED_OUT' and case
        when j.outcome is null then j.reason_code is not distinct from 'suppressed_invalid'
        -- 0.1.0 wrote "failed" where a call found the number dead.
        when j.outcome not in ('undeliverable', 'failed') or j.reason_code is null then false
        when engine.number_fault(j.reason_code) is not null then engine.number_fault(j.reason_code) = 'dead'
        else j.outcome = 'undeliverable' and exists (
          select from engine.all_attempts as a
          where a.team_id = j.team_id and a.job_id = j.id and a.status = 'REFUSED' and coalesce(a.code, 'refused') = j.reason_code
        )
      end)
      from engine.all_jobs as j
      where j.team_id = p_enrollment.team_id and j.enrollment_id = p_enrollment.id
    ),
    -- Without a job: whoever was left out has none, and of others it was purged.
    p_enrollment.ended_at = p_enrollment.enrolled_at
  )
$$;
comment on function engine.takes_place(engine.enrollments) is
'False for an enrollment that left its contact out or found only that the number is dead: another number may have its place.';
revoke all on function engine.takes_place(engine.enrollments) from public;

-- sql/40_functions/campaigns/update_campaign.sql
-- Changes a campaign that has not been launched; null leaves a thing as it is, and {} takes exclusions or
-- targeting away. What is SCHEDULED is unscheduled first: its launch was agreed to as it stands.
create or replace function public.update_campaign(
  p_campaign_id uuid,
  p_name text default null,
  p_list_id uuid default null,
  p_workflow_id uuid default null,
  p_phone_number_id uuid default null,
  p_max_lateness text default null,
  p_is_continuous boolean default null,
  p_priority integer default null,
  p_exclusions jsonb default null,
  p_targeting jsonb default null,
  p_retry_budget integer default null
)
returns public.campaigns
language plpgsql
security definer -- writes public.campaigns, which no role may write
set search_path = ''
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'operator'); -- which asks engine.caller_team_ids
begin
  select c.* into v_campaign
  from public.campaigns as c
  where c.team_id = v_campaign.team_id and c.id = v_campaign.id
  for update;
  if engine.action_refusal(v_campaign, 'update') is not null then
    perform engine.refuse(
      'OB003', engine.action_refusal(v_campaign, 'update'),
      jsonb_build_object('entity', 'campaign', 'id', v_campaign.id, 'status', v_campaign.status), a.hint
    )
    from reference.campaign_actions as a
    where a.action = 'update';
  end if;
  v_campaign.name := btrim(coalesce(p_name, v_campaign.name));
  v_campaign.list_id := coalesce(p_list_id, v_campaign.list_id);
  v_campaign.workflow_id := coalesce(p_workflow_id, v_campaign.workflow_id);
  v_campaign.phone_number_id := coalesce(p_phone_number_id, v_campaign.phone_number_id);
  v_campaign.retry_budget := coalesce(p_retry_budget, v_campaign.retry_budget);
  perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
  perform engine.refuse_issues(engine.campaign_issues(
    v_campaign, coalesce(p_max_lateness, 'P1D'), coalesce(p_priority, v_campaign.priority),
    coalesce(p_exclusions, v_campaign.exclusions), p_targeting
  ), 'The campaign');
  update public.campaigns as c
  set
    name = v_campaign.name,
    list_id = v_campaign.list_id,
    workflow_id = v_campaign.workflow_id,
    phone_number_id = v_campaign.phone_number_id,
    max_lateness = coalesce(engine.parse_duration(p_max_lateness), c.max_lateness),
    is_continuous = coalesce(p_is_continuous, c.is_continuous),
    priority = coalesce(p_priority, c.priority),
    exclusions = case when p_exclusions is null then c.exclusions else engine.read_exclusions(c.team_id, p_exclusions) end,
    targeting = case when p_targeting is null then c.targeting else engine.read_targeting(p_targeting) end,
    retry_budget = v_campaign.retry_budget,
    updated_at = engine.now()
  where c.team_id = v_campaign.team_id and c.id = v_campaign.id
  returning c.* into v_campaign;
  return v_campaign;
end
$$;
comment on function public.update_campaign(uuid, text, uuid, uuid, uuid, text, boolean, integer, jsonb, jsonb, integer) is
'Changes a CREATED campaign and returns it; what is null stays, {} takes exclusions or targeting away. OB001 with every '
'problem, OB003 when it is not CREATED.';
revoke all on function public.update_campaign(uuid, text, uuid, uuid, uuid, text, boolean, integer, jsonb, jsonb, integer) from public;
grant execute on function public.update_campaign(uuid, text, uuid, uuid, uuid, text, boolean, integer, jsonb, jsonb, integer)
to authenticated, service_role;

-- sql/40_functions/campaigns/was_tried.sql
-- Whether a journey began: who was left out when she was enrolled never had a job.
create or replace function engine.was_tried(p_enrollment engine.enrollments)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from engine.all_jobs as j where j.team_id = p_enrollment.team_id and j.enrollment_id = p_enrollment.id
  )
$$;
comment on function engine.was_tried(engine.enrollments) is 'Whether somebody was not left out of a campaign from the start.';
revoke all on function engine.was_tried(engine.enrollments) from public;

-- sql/40_functions/campaigns/workflow_choices.sql
-- Published workflows that a campaign can run: over which channels, and what still stands in their way besides
-- the sending number. Those of outreach are left out.
create or replace function engine.workflow_choices(p_team_id uuid, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', w.id, 'lineage_id', w.lineage_id, 'name', w.name, 'version', w.version, 'published_at', w.published_at,
    'channels', to_jsonb(k.channels),
    'blockers', (
      select coalesce(jsonb_agg(jsonb_build_object('code', b.code, 'message', b.message) order by b.n, b.code), '[]')
      from (
        select a.n, a.code, a.message
        from unnest(k.channels) as c (channel)
        cross join lateral engine.account_blockers(
          p_team_id, engine.provider_for(c.channel), format('%ss need', c.channel)
        ) as a
        union all
        select s.n, s.code, s.message from engine.assistant_blockers(p_team_id, w.id) as s
      ) as b
    )
  ) order by w.name, w.version desc, w.id), '[]')
  from (
    select v.* from public.workflows as v
    where v.team_id = p_team_id and v.status = 'PUBLISHED' and not v.is_generated
    order by v.published_at desc, v.id desc
    limit p_limit
  ) as w
  cross join lateral (
    select array_agg(distinct n.type::text::public.contact_channel) as channels
    from public.workflow_nodes as n
    where n.team_id = w.team_id and n.workflow_id = w.id and n.type <> 'trigger'
  ) as k
$$;
comment on function engine.workflow_choices(uuid, integer) is
'[{id, lineage_id, name, version, published_at, channels[], blockers[{code, message}]}]: the last published.';
revoke all on function engine.workflow_choices(uuid, integer) from public;

-- sql/40_functions/consent/read_number.sql
-- One number of a request, by the one phone rule; what is wrong with it is said as for a row of a file. Several are
-- refused: whoever stops two must not believe that both are stopped when one is.
create or replace function engine.read_number(p_team_id uuid, p_phone text)
returns table (phone text, issues jsonb)
language sql
stable
set search_path = ''
as $$
  select p.phone, case
    when p.others <> '{}' then jsonb_build_array(engine.issue('phone_several', 'p_phone', 'Give one number at a time.'))
    when p.problem is null then '[]'
    else jsonb_build_array(engine.issue(p.problem, 'p_phone', i.message))
  end
  from public.teams as t
  cross join lateral engine.parse_phone(left(coalesce(p_phone, ''), 200), t.country, t.is_sandbox) as p
  left join reference.import_problems as i on p.problem = i.code
  where t.id = p_team_id
$$;
comment on function engine.read_number(uuid, text) is 'A number as E.164, or the issue that says why it is none.';
revoke all on function engine.read_number(uuid, text) from public;

-- sql/40_functions/consent/readmit_number.sql
-- A person's own act lifts what the person's own act did, on one channel. It never lifts a
-- do-not-contact entry, an invalid number or a litigator. What she texts carries no time: a START that comes
-- right after a stop may have been sent before it, and lifts nothing; nor does one that is told late and was sent
-- before or right after one. She can say it again.
create or replace function engine.readmit_number(
  p_team_id uuid,
  p_phone text,
  p_channel public.contact_channel,
  p_source text,
  p_words text,
  p_said_at timestamptz
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  -- By the ledger, which also has the stop of somebody who was stopped before.
  v_is_too_soon boolean := exists (
    select from public.consent_events as c
    where c.team_id = p_team_id and c.phone = p_phone and c.channel = p_channel and c.action = 'opt_out'
      and c.reason = 'opted_out' and c.occurred_at > least(p_said_at, engine.now()) - interval '2 minutes'
  );
begin
  insert into public.consent_events (team_id, phone, channel, action, source, words)
  values (
    p_team_id, p_phone, p_channel, 'opt_in',
    p_source || case when v_is_too_soon then ' (too soon after a stop, lifted nothing)' else '' end, left(p_words, 1600)
  );
  if v_is_too_soon then
    return false;
  end if;
  delete from public.suppressions as s
  where s.team_id = p_team_id and s.phone = p_phone and s.channel = p_channel and s.reason = 'opted_out';
  return found;
end
$$;
comment on function engine.readmit_number(uuid, text, public.contact_channel, text, text, timestamptz) is
'Records an opt-in and lifts an opt-out of one channel that is two minutes older than it; returns whether there was one.';
revoke all on function engine.readmit_number(uuid, text, public.contact_channel, text, text, timestamptz) from public;

-- sql/40_functions/counters/time_changed_jobs.sql
-- Keeps the timeline equal to the moments of jobs: when the provider took the request, when a text arrived, and
-- when a call that somebody answered, or a text that somebody replied to, came to its end. Only changes count: jobs
-- are made without a past, and a move to the history or back happens to nobody.
create or replace function engine.time_changed_jobs()
returns trigger
language plpgsql
security definer -- whoever changes jobs changes their timeline
set search_path = ''
as $$
begin
  insert into engine.timeline_changes as t (
    team_id, campaign_id, starts_at, shard, dialled, sent, delivered, answered, replied
  )
  select k.*
  from (
    select
      r.team_id, r.campaign_id, date_trunc('minute', m.at), pg_backend_pid(),
      coalesce(sum(r.amount) filter (where m.phase = 'taken' and r.channel = 'call'), 0) as dialled,
      coalesce(sum(r.amount) filter (where m.phase = 'taken' and r.channel = 'text'), 0) as sent,
      coalesce(sum(r.amount) filter (where m.phase = 'delivered'), 0) as delivered,
      coalesce(sum(r.amount) filter (where m.phase = 'ended' and r.channel = 'call'), 0) as answered,
      coalesce(sum(r.amount) filter (where m.phase = 'ended' and r.channel = 'text'), 0) as replied
    from (
      -- What is true before and after adds up to nothing, so nobody has to be found again among the old rows. Mostly
      -- that is all of them, or all moments are the same: what is left is looked at phase by phase.
      select
        w.team_id, w.campaign_id, w.channel, w.dispatched_at, w.delivered_at,
        case
          when w.status = 'DONE' and (
            (w.channel = 'call' and w.outcome in ('answered', 'booked', 'opted_out'))
            or (w.channel = 'text' and w.outcome in ('replied', 'opted_in'))
          ) then w.finished_at
        end as ended_at, sum(w.amount) as amount
      from (
        select
          n.team_id, n.campaign_id, n.channel, n.status, n.outcome, n.dispatched_at, n.delivered_at, n.finished_at, 1 as amount
        from new_rows as n
        where coalesce(n.dispatched_at, n.delivered_at, n.finished_at) is not null
        union all
        select o.team_id, o.campaign_id, o.channel, o.status, o.outcome, o.dispatched_at, o.delivered_at, o.finished_at, -1
        from old_rows as o
        where coalesce(o.dispatched_at, o.delivered_at, o.finished_at) is not null
      ) as w
      group by 1, 2, 3, 4, 5, 6
      having sum(w.amount) <> 0
    ) as r
    cross join lateral (
      values
      ('taken', r.dispatched_at), ('delivered', r.delivered_at), ('ended', r.ended_at)
    ) as m (phase, at)
    where m.at is not null
    group by 1, 2, 3
  ) as k
  where k.dialled <> 0 or k.sent <> 0 or k.delivered <> 0 or k.answered <> 0 or k.replied <> 0
  on conflict on constraint timeline_changes_pk do update set
    dialled = t.dialled + excluded.dialled, sent = t.sent + excluded.sent, delivered = t.delivered + excluded.delivered,
    answered = t.answered + excluded.answered, replied = t.replied + excluded.replied;
  return null;
end
$$;
comment on function engine.time_changed_jobs() is 'Trigger: what happened to jobs, by minute.';
revoke all on function engine.time_changed_jobs() from public;

-- sql/40_functions/engine/accept_attempts.sql
-- The provider has the request: its id is stored, the job is DISPATCHED, and events that came before
-- this was known are applied. A job that was closed meanwhile stays closed; the ledger still tells.
create or replace function engine.accept_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
  v_next_call constant timestamptz := v_now + engine.silence('call');
  v_next_text constant timestamptz := v_now + engine.silence('text');
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  with accepted as (
    update engine.attempts as a
    set status = 'ACCEPTED', provider_id = r.provider_id, code = r.code, message = r.message, resolved_at = v_now
    from unnest(p_results) as r
    where a.id = r.attempt_id and a.team_id is not distinct from r.team_id -- see apply_known_events
    returning a.team_id, a.job_id, a.attempt_number, a.provider_id
  )

  update engine.jobs as j
  set
    status = 'DISPATCHED', provider_id = a.provider_id, attempt_count = a.attempt_number, dispatched_at = v_now,
    check_at = case j.channel when 'call' then v_next_call else v_next_text end,
    lease_owner = null, lease_expires_at = null,
    reply_deadline = case when j.channel = 'text' then (
      select engine.later(v_now, (n.config ->> 'reply_window')::interval)
      from public.workflow_nodes as n
      where n.team_id = j.team_id and n.workflow_id = j.workflow_id and n.id = j.node_id
    ) end
  from accepted as a
  where j.team_id = a.team_id and j.id = a.job_id and j.status in ('READY', 'CLAIMED', 'AMBIGUOUS');

  perform engine.apply_events(array(
    select (e.provider, e.event_key)::engine.event_ref
    from unnest(p_results) as r
    inner join engine.attempts as a on r.attempt_id = a.id and r.team_id is not distinct from a.team_id -- see apply_known_events
    inner join engine.events as e
      on a.provider = e.provider and r.provider_id = e.provider_id and e.result = 'waiting'
  ));
end
$$;
comment on function engine.accept_attempts(engine.dispatch_result[]) is
'Attempts that the provider took: the job is DISPATCHED and waiting events are applied.';
revoke all on function engine.accept_attempts(engine.dispatch_result[]) from public;

-- sql/40_functions/engine/advance_enrollments.sql
-- After jobs have ended: a booking is credited; an opt-out stops everything for the number; a retry rule or the
-- first edge that matches makes the next job; without either the journey is over.
create or replace function engine.advance_enrollments(p_ended engine.ended_job[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_outcomes constant public.job_outcome[] := array(select distinct f.outcome from unnest(p_ended) as f);
  v_steps engine.step[];
begin
  perform
  from unnest(p_ended) as f
  inner join engine.enrollments as e on f.team_id = e.team_id and f.enrollment_id = e.id
  order by e.id
  for update of e;

  if v_outcomes && '{booked,answered,opted_out,delivered,replied,opted_in,no_reply}' then
    perform engine.credit_outcomes(p_ended);
  end if;
  if 'opted_out' = any(v_outcomes) then
    perform engine.stop_numbers(array(
      select (
        f.team_id, f.phone, null, 'opted_out', f.channel || ' ' || coalesce(f.reason_code, ''), f.reply_text
      )::engine.stop
      from unnest(p_ended) as f
      -- Not twice for one stop: whoever found it may have carried it out already.
      where f.outcome = 'opted_out' and (
        select count(*) from public.suppressions as s
        where s.team_id = f.team_id and s.phone = f.phone and s.reason = 'opted_out'
      ) < cardinality(enum_range(null::public.contact_channel))
    ));
  end if;

  v_steps := array(select s from engine.next_steps(p_ended) as s);
  if exists (select from unnest(v_steps) as s where s.is_retry) then
    update engine.enrollments as e
    set retries_left = e.retries_left - 1
    from unnest(v_steps) as s
    where s.is_retry and s.spends_budget and e.team_id = (s.job).team_id and e.id = (s.job).enrollment_id;
  end if;
  perform engine.create_jobs(array(select s.job from unnest(v_steps) as s where s.job is not null));
  if exists (select from unnest(v_steps) as s where s.end_status is not null) then
    perform engine.end_enrollments(
      array(select s.team_id from unnest(v_steps) as s where s.end_status is not null),
      array(select s.enrollment_id from unnest(v_steps) as s where s.end_status is not null),
      array(select s.end_status from unnest(v_steps) as s where s.end_status is not null),
      array(select s.reason_code from unnest(v_steps) as s where s.end_status is not null)
    );
  end if;
end
$$;
comment on function engine.advance_enrollments(engine.ended_job[]) is
'Moves the enrollments of ended jobs on: opt-out, retry, next node or the end.';
revoke all on function engine.advance_enrollments(engine.ended_job[]) from public;

-- sql/40_functions/engine/apply_events.sql
-- Applies events that waited, those whose attempt has become known. Jobs are locked in order of id before
-- anything else, so that two deliveries of one event, or an event and the worker's own answer, take turns.
create or replace function engine.apply_events(p_events engine.event_ref[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_sources engine.event_source[];
  v_jobs uuid[];
  v_known engine.told_event[];
begin
  if cardinality(p_events) = 0 then
    return;
  end if;
  perform engine.apply_inbound_texts(p_events);
  v_sources := array(
    select (e.provider, e.event_key, e.attempt_id, e.provider_id, e.secret_name)::engine.event_source
    from unnest(p_events) as p
    inner join engine.events as e on p.provider = e.provider and p.event_key = e.event_key and e.result = 'waiting'
  );
  v_jobs := array(select f.job_id from engine.find_attempts(v_sources) as f);
  perform engine.lock_jobs(v_jobs);

  -- Looked for again: what another transaction told of these calls while the locks were waited for counts.
  with known as (
    update engine.events as e
    set team_id = f.team_id, attempt_id = f.attempt_id, applied_at = engine.now(), result = 'applied'
    from engine.find_attempts(v_sources) as f
    where e.provider = f.provider and e.event_key = f.event_key and e.result = 'waiting'
    returning (
      e.provider, e.event_key, f.team_id, f.attempt_id, f.job_id, f.attempt_status, e.provider_id, e.type, e.payload
    )::engine.told_event as event
  )

  select coalesce(array_agg(k.event), '{}') into v_known from known as k;
  perform engine.lock_jobs(array(select k.job_id from unnest(v_known) as k except select j.id from unnest(v_jobs) as j (id)));
  perform engine.apply_known_events(v_known);
end
$$;
comment on function engine.apply_events(engine.event_ref[]) is 'Applies waiting events to their jobs; unknown ones stay waiting.';
revoke all on function engine.apply_events(engine.event_ref[]) from public;

-- sql/40_functions/engine/apply_inbound_texts.sql
-- Inbound texts. A stop takes effect in this transaction, for every job of the number in the team; any
-- other text answers the one of ours that waits for a reply.
create or replace function engine.apply_inbound_texts(p_events engine.event_ref[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_text record;
begin
  if not exists (
    select
    from unnest(p_events) as p
    inner join engine.events as e on p.provider = e.provider and p.event_key = e.event_key and e.type = 'inbound'
  ) then
    return;
  end if;
  -- One at a time, because two texts of one person must be taken in the order in which they came; of a stop
  -- and a start that come together the stop is the last. Should two teams have the same number at one
  -- account, a stop holds for both.
  for v_text in
    select
      t.provider, t.event_key, t.team_id, t.phone, t.words, t.job_id, e.occurred_at,
      case when t.phone is not null then t.consent end as consent -- a short code or a name is nobody that we call
    from engine.read_inbound_texts(p_events) as t
    inner join engine.events as e on t.provider = e.provider and t.event_key = e.event_key
    where not t.must_wait
    order by coalesce(e.occurred_at, e.received_at), t.consent = 'opt_out', t.event_key, t.team_id
  loop
    if v_text.consent = 'opt_out' then
      perform engine.stop_numbers(array[
        (v_text.team_id, v_text.phone, null, 'opted_out', 'inbound text', v_text.words)::engine.stop
      ]);
    elsif v_text.consent = 'opt_in' then
      perform engine.readmit_number(
        v_text.team_id, v_text.phone, 'text', 'inbound text', v_text.words, v_text.occurred_at
      );
    end if;
    if v_text.job_id is not null then
      -- Who asks later what was answered finds it at the attempt.
      update engine.events as e
      set attempt_id = a.id
      from engine.attempts as a
      where e.provider = v_text.provider and e.event_key = v_text.event_key
        and a.team_id = v_text.team_id and a.job_id = v_text.job_id and a.status = 'ACCEPTED';
      perform engine.finish_jobs(array[(
        v_text.team_id, v_text.job_id,
        case v_text.consent when 'opt_out' then 'opted_out' when 'opt_in' then 'opted_in' else 'replied' end,
        'inbound_text', v_text.words
      )::engine.finished_job]);
    end if;
    -- Of those that were looked at here and no other: what had to wait then may be answerable by now, and would be
    -- lost if it counted as applied.
    update engine.events as e
    set
      team_id = v_text.team_id, applied_at = engine.now(),
      result = case when v_text.team_id is null or v_text.phone is null then 'ignored' else 'applied' end
    where e.provider = v_text.provider and e.event_key = v_text.event_key and e.result = 'waiting';
  end loop;
end
$$;
comment on function engine.apply_inbound_texts(engine.event_ref[]) is 'Stops, opt-ins and replies that people texted.';
revoke all on function engine.apply_inbound_texts(engine.event_ref[]) from public;

-- sql/40_functions/engine/apply_known_events.sql
-- Carries out stored events whose attempts are known and whose jobs are locked. An event for an attempt that
-- is still open proves that the provider has the request, so it is accepted first. Returns those that say nothing.
create or replace function engine.apply_known_events(p_events engine.told_event[])
returns engine.event_ref[]
language plpgsql
set search_path = ''
as $$
declare
  v_readings engine.event_reading[];
  v_ignored engine.event_ref[];
begin
  if cardinality(p_events) = 0 then
    return '{}'::engine.event_ref[];
  end if;
  v_readings := array(select r from engine.read_events(p_events) as r);
  v_ignored := array(
    select (r.provider, r.event_key)::engine.event_ref from unnest(v_readings) as r where (r.reading).kind = 'ignored'
  );
  if cardinality(v_ignored) > 0 then
    update engine.events as e
    set result = 'ignored'
    from unnest(v_ignored) as i
    where e.provider = i.provider and e.event_key = i.event_key;
  end if;

  perform engine.accept_attempts(array(
    select distinct (
      a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'known from an event', e.provider_id, null
    )::engine.dispatch_result
    from unnest(p_events) as e
    -- Put so that only the index of ids can be used: to a plan that was made when the ledger was empty all of the team
    -- look as short, and each event would read every attempt.
    inner join engine.attempts as a on e.attempt_id = a.id and e.team_id is not distinct from a.team_id
    where e.provider_id is not null and e.attempt_status <> 'ACCEPTED' and engine.may_be_accepted(a)
  ));
  perform engine.apply_readings(v_readings);
  return v_ignored;
end
$$;
comment on function engine.apply_known_events(engine.told_event[]) is
'Carries out stored events whose attempts are known; the caller has locked their jobs. Returns those that were ignored.';
revoke all on function engine.apply_known_events(engine.told_event[]) from public;

-- sql/40_functions/engine/apply_readings.sql
-- Carries out what events say. The jobs are locked and dispatched by now.
create or replace function engine.apply_readings(p_readings engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_kinds constant text[] := array(select distinct (r.reading).kind from unnest(p_readings) as r);
  v_outcomes constant public.job_outcome[] := array(select distinct (r.reading).outcome from unnest(p_readings) as r);
begin
  -- Most events only say that something goes on, and most of the others only what came of a call.
  if v_kinds <@ array['progress', 'ignored'] then
    return;
  end if;
  -- Said during the call: it holds at once, whatever the report says later.
  if 'opt_out' = any(v_kinds) or 'opted_out' = any(v_outcomes) then
    perform engine.stop_numbers(array(
      select (j.team_id, j.phone, null, 'opted_out', concat_ws(' ', j.channel, (r.reading).reason_code),
        (r.reading).words)::engine.stop
      from unnest(p_readings) as r
      inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
      where (r.reading).kind = 'opt_out' or (r.reading).outcome = 'opted_out'
    ));
  end if;
  if 'booked' = any(v_outcomes) then
    perform engine.book_late(p_readings);
  end if;
  if 'ended' = any(v_kinds) then
    -- The call is over and its report is due; if that is lost, the provider is asked soon.
    update engine.jobs as j
    set check_at = least(j.check_at, engine.now() + interval '2 minutes')
    from unnest(p_readings) as r
    where (r.reading).kind = 'ended' and j.team_id = r.team_id and j.id = r.job_id and j.status = 'DISPATCHED';
  end if;
  if 'delivered' = any(v_kinds) then
    perform engine.note_delivered(p_readings);
  end if;
  perform engine.end_jobs(array(
    select (r.team_id, r.job_id, o.outcome, (r.reading).reason_code, (r.reading).words)::engine.finished_job
    from unnest(p_readings) as r
    cross join lateral (
      select case
        when (r.reading).kind = 'final' then (r.reading).outcome
        -- A text that waits for a reply is not over when it has arrived.
        when (r.reading).kind = 'delivered' and exists (
          select from engine.jobs as j where j.team_id = r.team_id and j.id = r.job_id and j.reply_deadline is null
        ) then 'delivered'
      end as outcome
      offset 0
    ) as o
    where o.outcome is not null
    order by r.job_id -- as jobs are locked
  ));
  if 'booked' = any(v_outcomes) then
    perform engine.note_bookings(p_readings);
  end if;
  if exists (select from unnest(p_readings) as r where (r.reading).scope in ('account', 'capacity')) then
    perform engine.note_undialled(p_readings);
    perform engine.pause_refused_accounts(p_readings);
  end if;
end
$$;
comment on function engine.apply_readings(engine.event_reading[]) is 'Opt-outs, ends and outcomes of a set of events.';
revoke all on function engine.apply_readings(engine.event_reading[]) from public;

-- sql/40_functions/engine/begin_attempts.sql
-- Called right before sending, and for no more jobs than will be sent at once. Writes each attempt; the
-- worker sends only what came back, after this has committed. So whatever stops a contact (a pause,
-- a cancelled campaign, an opt-out) stops everything that has not begun here.
-- Campaigns are locked first, then contacts, then jobs, then capped numbers, each in order of id. A campaign
-- or contact that somebody holds, and a stop of a phone under way, is not waited for: its job is put off.
create or replace function engine.begin_attempts(p_worker text, p_job_ids uuid[])
returns table (
  team_id uuid, attempt_id uuid, job_id uuid, attempt_number integer, provider text,
  secret_name text, account_ref text, request jsonb
)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set lock_timeout = '2s' -- a gate that waited longer would judge by an old clock; the worker asks again
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
declare
  v_held uuid[];
  v_verdicts engine.verdict[];
begin
  perform engine.hold_clock();
  v_held := engine.hold_beginning(p_worker, p_job_ids);
  -- Asked after the locks are held, in a statement of its own, so that it sees what they waited for.
  v_verdicts := array(select v from engine.check_eligibility(v_held) as v);
  perform engine.release_jobs(v_verdicts, 'begin');
  return query
  select a.*
  from engine.write_attempts(p_worker, array(select v.job_id from unnest(v_verdicts) as v where v.decision = 'pass')) as a;
end
$$;
comment on function engine.begin_attempts(text, uuid[]) is
'Writes an attempt for each leased job that still passes the gate, and returns what to ask of which provider.';
revoke all on function engine.begin_attempts(text, uuid[]) from public;
grant execute on function engine.begin_attempts(text, uuid[]) to outbound_worker;

-- sql/40_functions/engine/build_requests.sql
-- What is asked of which provider for each job, in the product's own words; the worker's client translates
-- it. Templates are filled here, so that what is sent is what the ledger holds. What the assistant of a
-- text writes stands on the node since the workflow was published.
create or replace function engine.build_requests(p_job_ids uuid[])
returns table (
  job_id uuid, request jsonb, team_id uuid, phone text, phone_number_id uuid, provider public.provider, secret_name text,
  account_ref text
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with jobs as materialized (
    select
      j.team_id, j.id, j.channel, j.campaign_id, j.workflow_id, j.node_id, j.contact_id, j.phone, j.integration_id
    from unnest(p_job_ids) as asked (id)
    inner join engine.jobs as j on asked.id = j.id
  ),

  -- What all jobs of a campaign's node share, looked up once.
  nodes as materialized (
    select
      c.team_id, c.id as campaign_id, k.node_id, k.channel, k.integration_id, c.list_id, t.name as team_name,
      t.timezone as team_timezone, c.phone_number_id, f.phone,
      f.vapi_phone_number_id, engine.provider_for(k.channel) as provider, i.secret_name, i.account_ref,
      a.provider_assistant_id, n.config ->> 'first_message' as first_message,
      coalesce(n.config ->> 'template', n.assistant_template) as template,
      coalesce(n.config -> 'template_overrides', '{}') as overrides
    from (select distinct team_id, campaign_id, workflow_id, node_id, channel, integration_id from jobs) as k
    inner join public.campaigns as c on k.team_id = c.team_id and k.campaign_id = c.id
    inner join public.teams as t on k.team_id = t.id
    inner join public.integrations as i on k.team_id = i.team_id and k.integration_id = i.id
    inner join public.phone_numbers as f on c.team_id = f.team_id and c.phone_number_id = f.id
    inner join public.workflow_nodes as n
      on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
    left join public.assistants as a
      on k.team_id = a.team_id and n.config ->> 'assistant_id' = a.id::text
  )

  select v.id, case v.channel
    when 'call' then jsonb_build_object(
      'to', v.to_phone, 'phone_number_id', v.vapi_phone_number_id, 'assistant_id', v.provider_assistant_id,
      'first_message', engine.render_template(v.first_message, v.variables),
      'customer_name', nullif(v.variables ->> 'full_name', ''), 'variables', v.variables
    )
    else jsonb_build_object(
      'to', v.to_phone, 'from', v.from_phone, 'body', engine.render_template(v.template, v.variables)
    )
  end, v.team_id, v.to_phone, v.phone_number_id, v.provider, v.secret_name, v.account_ref
  from (
    select
      j.team_id, j.id, j.channel, j.phone as to_phone, n.phone_number_id, n.provider, n.secret_name, n.account_ref,
      n.phone as from_phone, n.vapi_phone_number_id, n.provider_assistant_id, n.first_message, n.template,
      -- What is known of the person; as a list of texts, because to find out the type of each value cost half as much again.
      jsonb_strip_nulls(jsonb_object(array[
        'first_name', p.first_name, 'last_name', p.last_name,
        'full_name', nullif(concat_ws(' ', p.first_name, p.last_name), ''), 'team_name', n.team_name,
        'phone', p.phone, 'email', p.email, 'postal_code', p.postal_code,
        'appointment_date', to_char(a.starts_at, 'YYYY-MM-DD'), 'appointment_time', to_char(a.starts_at, 'HH12:MI AM')
      ])) || n.overrides as variables
    from jobs as j
    inner join nodes as n
      on j.team_id = n.team_id and j.campaign_id = n.campaign_id and j.node_id = n.node_id and j.channel = n.channel
      and j.integration_id = n.integration_id
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    left join public.audience_members as m
      on j.team_id = m.team_id and n.list_id = m.list_id and j.contact_id = m.contact_id
    cross join lateral (
      select m.appointment_starts_at at time zone coalesce(p.timezone, n.team_timezone) as starts_at
    ) as a
    offset 0 -- the values of a person are made once, not once for each use
  ) as v;
end
$$;
comment on function engine.build_requests(uuid[]) is
'The provider-neutral request of each job and what it goes out with: call {to, phone_number_id, assistant_id, first_message, customer_name, variables}; text {to, from, body}.';
revoke all on function engine.build_requests(uuid[]) from public;

-- sql/40_functions/engine/business_hours.sql
-- A node's business hours between two moments as instants: its windows in every zone that the contact may be in,
-- in the team's or in a named one. A window that the spring gap would turn backwards comes out empty.
create or replace function engine.business_hours(
  p_business_hours jsonb, p_team_timezone text, p_timezones text[], p_from timestamptz, p_until timestamptz
)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce((
    with windows as materialized (
      select d.weekday::integer, (b.value ->> 'start')::time as starts_at, (b.value ->> 'end')::time as ends_at
      from unnest(array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
      with ordinality as d (name, weekday)
      cross join jsonb_array_elements(coalesce(p_business_hours -> 'windows' -> d.name, '[]')) as b (value)
      where (b.value ->> 'start')::time < (b.value ->> 'end')::time
    )

    select range_intersect_agg(b.hours)
    from (
      select z.zone, range_agg(tstzrange(
        least((d.day + w.starts_at) at time zone z.zone, (d.day + w.ends_at) at time zone z.zone),
        (d.day + w.ends_at) at time zone z.zone
      )) as hours
      from unnest(case coalesce(p_business_hours ->> 'timezone', 'contact')
        when 'contact' then p_timezones
        when 'team' then array[p_team_timezone]
        else array[p_business_hours ->> 'timezone']
      end) as z (zone)
      cross join windows as w
      cross join engine.local_days(z.zone, p_from, p_until, w.weekday) as d (day)
      group by z.zone
    ) as b
  ), '{}');
end
$$;
comment on function engine.business_hours(jsonb, text, text[], timestamptz, timestamptz) is
'Instants between two moments at which a node''s business hours are open in every zone of a contact.';
revoke all on function engine.business_hours(jsonb, text, text[], timestamptz, timestamptz) from public;

-- sql/40_functions/engine/claim_and_begin.sql
-- Claims due jobs and begins their attempts in one transaction, for a worker that sends at once whatever comes back
-- and has room for no more. No moment lies between claim and beginning, so the gate is asked once, under the locks of a
-- beginning; and a worker that dies here holds nothing or has begun. engine.claim_jobs and engine.begin_attempts
-- are the same in two steps: for one job that cannot begin, and for workers of 0.1.
-- One batch for a call: what the gate put off or closed is told as well, so that the worker looks for what is due
-- behind it. In one transaction with it, capped numbers would not be locked in order.
create or replace function engine.claim_and_begin(
  p_worker text, p_queues text[], p_limit integer, p_lease interval default '60 seconds'
)
returns table (
  decision text, job_id uuid, late_seconds double precision, team_id uuid, attempt_id uuid, attempt_number integer,
  provider text, secret_name text, account_ref text, request jsonb
)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set lock_timeout = '2s' -- a gate that waited longer would judge by an old clock; the worker asks again
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.hold_clock();
  v_due uuid[];
  v_verdicts engine.verdict[];
  v_passing uuid[];
  v_run_at timestamptz[];
begin
  if p_worker is null or p_limit is null or p_limit < 1 or p_lease is null or p_lease <= interval '0' then
    perform engine.refuse('OB001', 'A claim needs a worker''s name, a limit of at least 1 and a lease.', '[]');
  end if;
  v_due := array(select d.job_id from engine.lock_due_jobs(p_queues, p_limit) as d);
  if cardinality(v_due) = 0 then
    return;
  end if;
  v_verdicts := engine.hold_due(v_due);
  perform engine.release_jobs(v_verdicts, 'claim');
  with claimed as (
    update engine.jobs as j
    set status = 'CLAIMED', lease_owner = p_worker, lease_expires_at = v_now + p_lease
    from unnest(v_verdicts) as v
    where v.decision = 'pass' and j.team_id = v.team_id and j.id = v.job_id
    returning j.id, j.run_at
  )
  select coalesce(array_agg(c.id), '{}'), coalesce(array_agg(c.run_at), '{}') into v_passing, v_run_at from claimed as c;

  return query
  select
    'pass', a.job_id, extract(epoch from v_now - d.run_at)::double precision, a.team_id, a.attempt_id, a.attempt_number,
    a.provider, a.secret_name, a.account_ref, a.request
  from engine.write_attempts(p_worker, v_passing) as a
  inner join unnest(v_passing, v_run_at) as d (job_id, run_at) on a.job_id = d.job_id;

  return query
  select
    v.decision, v.job_id, null::double precision, v.team_id, null::uuid, null::integer, null, null, null, null::jsonb
  from unnest(v_verdicts) as v
  where v.decision <> 'pass';
end
$$;
comment on function engine.claim_and_begin(text, text[], integer, interval) is
'Leases up to p_limit due jobs of the queues (call, text) and begins an attempt of each that passes the gate; tells of the others as well.';
revoke all on function engine.claim_and_begin(text, text[], integer, interval) from public;
grant execute on function engine.claim_and_begin(text, text[], integer, interval) to outbound_worker;

-- sql/40_functions/engine/claim_inboxes.sql
-- Numbers whose provider is to be asked for the texts that people sent: webhooks of these are sent once, and what
-- comes while the receiver is away would be lost, a stop as well. Of every number, because people write back to one that
-- only calls, or that texts no more; and where the account is paused: nothing is sent there. The last two minutes are left
-- to the webhooks, which say more than the provider's list.
create or replace function engine.claim_inboxes(p_limit integer, p_lease interval)
returns table (
  team_id uuid, phone_number_id uuid, phone text, secret_name text, account_ref text, since timestamptz, until timestamptz
)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
as $$
  with due as (
    select n.team_id, n.id, n.phone, i.secret_name, i.account_ref
    from public.phone_numbers as n
    inner join public.integrations as i on n.team_id = i.team_id and i.provider = 'twilio' and i.account_ref is not null
    left join engine.inboxes as b on n.team_id = b.team_id and n.id = b.phone_number_id
    where b.check_at is null or b.check_at <= engine.now()
    order by b.check_at nulls first, n.id
    limit p_limit
  ),

  -- Of two workers the second finds that it is not due any more.
  claimed as (
    insert into engine.inboxes as b (team_id, phone_number_id, read_at, check_at)
    select d.team_id, d.id, engine.now() - interval '1 day', engine.now() + p_lease
    from due as d
    order by d.team_id, d.id
    on conflict on constraint inboxes_pk do update set check_at = excluded.check_at where b.check_at <= engine.now()
    returning b.team_id, b.phone_number_id, b.read_at
  )

  select
    c.team_id, c.phone_number_id, d.phone, d.secret_name, d.account_ref,
    -- A list may be behind itself.
    c.read_at - interval '10 minutes', greatest(c.read_at, engine.now() - interval '2 minutes')
  from claimed as c
  inner join due as d on c.team_id = d.team_id and c.phone_number_id = d.id
$$;
comment on function engine.claim_inboxes(integer, interval) is
'Numbers to ask the provider about: texts that people sent to each from since until until.';
revoke all on function engine.claim_inboxes(integer, interval) from public;
grant execute on function engine.claim_inboxes(integer, interval) to outbound_worker;

-- sql/40_functions/engine/closing_status.sql
-- What an enrollment becomes when the gate closes its job for a reason.
create or replace function engine.closing_status(p_reason_code text)
returns public.enrollment_status
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_reason_code = 'suppressed_opted_out' then 'OPTED_OUT'
    when p_reason_code like 'suppressed%' or p_reason_code in ('timezone_unknown', 'number_is_fictitious')
      then 'SUPPRESSED'
    when p_reason_code in ('campaign_cancelled', 'job_cancelled') then 'CANCELLED'
    else 'FAILED'
  end::public.enrollment_status
$$;
comment on function engine.closing_status(text) is 'Status of an enrollment whose job the gate closed for this reason.';
revoke all on function engine.closing_status(text) from public;

-- sql/40_functions/engine/contact_limits.sql
-- What speaks against reaching numbers right now, beside the hours: a call of ours that is going on, or
-- the number of contacts that their region allows in a day. Across all campaigns of the team.
create or replace function engine.contact_limits(p_contacts engine.asked_contact[])
returns table (job_id uuid, reason_code text, until timestamptz)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.now();
begin
  return query
  select a.job_id, 'call_in_progress', v_now + interval '10 minutes'
  from unnest(p_contacts) as a
  where exists (
    select
    from engine.jobs as j
    where j.team_id = a.team_id and j.phone = a.phone and j.id <> a.job_id and j.channel = 'call'
      and (j.status in ('DISPATCHED', 'AMBIGUOUS') or (
        j.status = 'CLAIMED' and engine.has_live_attempt(j.team_id, j.id)
      ))
    offset 0 -- looked up for each number by its key, whatever statistics say
  )
  union all
  select a.job_id, 'daily_limit', d.ends_at
  from (
    -- Most regions allow as many as there are: only the others are looked at.
    select p.*, v_now as now
    from unnest(p_contacts) as p
    where (p.regions || array['']) && (
      select array_agg(distinct w.region) from reference.calling_windows as w where w.daily_limit is not null
    )
    offset 0
  ) as a
  cross join unnest(a.timezones) as z (zone)
  cross join lateral (
    select
      l.today, l.today::timestamp at time zone z.zone as starts_at,
      (l.today + 1)::timestamp at time zone z.zone as ends_at
    from (select (a.now at time zone z.zone)::date as today) as l
  ) as d
  where (
    select min(w.daily_limit)
    from unnest(a.regions) as r (region)
    inner join engine.legal_week(a.channel, r.region) as w on w.weekday = extract(isodow from d.today)
  ) <= (
    select count(*) filter (where k.begun_at >= d.starts_at)
    from engine.contacts_lately as k
    -- Put so that only the index of the phones can be used: to a plan that was made when the ledger was empty those of
    -- the team, or of the time, look as short.
    where k.team_id is not distinct from a.team_id and k.phone = a.phone
  );
end
$$;
comment on function engine.contact_limits(engine.asked_contact[]) is
'Why numbers should not be reached now although the hours allow it, and until when; no row where nothing speaks against it.';
revoke all on function engine.contact_limits(engine.asked_contact[]) from public;

-- sql/40_functions/engine/credit_outcomes.sql
-- Whom jobs that have ended reached, and which node made a booking: the first one that did, once, whatever comes after
-- and however the journey ends. The caller holds the enrollments.
create or replace function engine.credit_outcomes(p_ended engine.ended_job[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  update engine.enrollments as e
  set
    reached_at = coalesce(e.reached_at, v_now),
    booked_at = case when f.outcome = 'booked' then coalesce(e.booked_at, v_now) else e.booked_at end,
    booked_node_id = case when f.outcome = 'booked' and e.booked_at is null then j.node_id else e.booked_node_id end,
    booked_job_id = case when f.outcome = 'booked' and e.booked_at is null then j.id else e.booked_job_id end
  from unnest(p_ended) as f
  inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
  where e.team_id = j.team_id and e.id = j.enrollment_id
    and (e.reached_at is null or (f.outcome = 'booked' and e.booked_at is null))
    and (j.delivered_at is not null or (
      j.channel = 'call' and j.status = 'DONE' and j.outcome in ('answered', 'booked', 'opted_out')
    ));
end
$$;
comment on function engine.credit_outcomes(engine.ended_job[]) is 'Marks enrollments reached and booked by jobs that have ended.';
revoke all on function engine.credit_outcomes(engine.ended_job[]) from public;

-- sql/40_functions/engine/cron_drives_tick.sql
-- Whether pg_cron calls every part of the tick here. Where one is missing, a worker must; twice does no harm.
create or replace function engine.cron_drives_tick()
returns boolean
language plpgsql
stable
security definer -- cron's tables are its own
set search_path = ''
as $$
declare
  v_is_scheduled boolean := false;
begin
  if to_regclass('cron.job') is not null then
    -- Dynamic, because the table is not there on every server.
    execute 'select count(distinct jobname) = 3 from cron.job'
      ' where jobname in (''outbound-tick'', ''outbound-launches'', ''outbound-upkeep'') and active'
    into v_is_scheduled;
  end if;
  return v_is_scheduled;
end
$$;
comment on function engine.cron_drives_tick() is 'True when pg_cron calls all parts of the tick every minute.';
revoke all on function engine.cron_drives_tick() from public;
grant execute on function engine.cron_drives_tick() to outbound_worker;

-- sql/40_functions/engine/decide_steps.sql
-- Where journeys go after visits; the one place that knows. A retry comes before the edges: they see
-- the outcome only when the node has given up on a better one. Of the edges the first that matches is
-- taken. A call that nobody was dialled for, for want of a line or of a working account, is tried
-- again whatever the node says, and spends nothing. What a provider took and never brought to an end that is known
-- may have reached the person: no rule tries it again, an operator may.
create or replace function engine.decide_steps(p_visits engine.ended_visit[])
returns setof engine.decision
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select
    v.visit_no::integer, r.is_retry, e.edge_id, e.target,
    case
      when v.was_not_dialled then interval '5 minutes'
      when r.is_retry then (v.retry ->> 'delay')::interval
      else e.delay
    end,
    case
      when r.is_retry or e.edge_id is not null then null
      when v.outcome in ('failed', 'undeliverable') then 'FAILED'
      else 'COMPLETED'
    end::public.enrollment_status,
    coalesce(v.reason_code, v.outcome::text)
  from unnest(p_visits) with ordinality as v (
    node_type, outcome, reason_code, reply_text, retry, retries_left, dialled, was_not_dialled, edges, visit_no
  )
  cross join lateral (
    select coalesce(
      v.was_not_dialled or (
        v.retries_left > 0 and v.retry -> 'outcomes' ? v.outcome::text
        and coalesce(v.reason_code, '') not in ('provider_lost_it', 'never_ended', 'never_sent', 'account_changed')
        and v.dialled <= (v.retry ->> 'max_retries')::integer
      ),
      false
    ) as is_retry
  ) as r
  left join engine.weigh_edges(p_visits) as e on v.visit_no = e.visit_no and e.is_first and not r.is_retry;
end
$$;
comment on function engine.decide_steps(engine.ended_visit[]) is
'For each visit that is over: retry, edge or end. Writes nothing.';
revoke all on function engine.decide_steps(engine.ended_visit[]) from public;

-- sql/40_functions/engine/disprove_attempts.sql
-- Attempts that the provider has no trace of. Within the grace period that proves nothing. After it,
-- an ambiguous request was not sent, and the job may go out again; a dispatched one that the provider
-- has forgotten has failed, and is not sent again, because it was once taken. Nor is one sent again that was asked
-- of another account than the one that has no trace of it: it has failed, and an operator may retry it.
create or replace function engine.disprove_attempts(p_answers engine.lookup_answer[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_untraced engine.attempts[] := array(
    select a
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'AMBIGUOUS' and engine.proves_absence(a, engine.now())
  );
  v_elsewhere uuid[] := array(
    select a.id
    from unnest(v_untraced) as a
    inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id
    inner join engine.account_changes as k
      on j.team_id = k.team_id and j.integration_id = k.integration_id
      -- Whoever began beside the change may have seen the account of before.
      and k.changed_at + interval '1 minute' >= a.begun_at
  );
  v_not_sent engine.dispatch_result[];
begin
  v_not_sent := array(
    select (a.team_id, a.job_id, a.id, 'try_later', 'job', a.code, 'the provider has no trace of it', null, null)::engine.dispatch_result
    from unnest(v_untraced) as a
    where a.id <> all(v_elsewhere)
  );
  perform engine.postpone_attempts(v_not_sent);
  update engine.attempts as a
  set status = 'NOT_SENT'
  from unnest(v_not_sent) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  perform engine.finish_jobs(array(
    select (a.team_id, a.job_id, 'failed', 'account_changed', null)::engine.finished_job
    from unnest(v_untraced) as a
    where a.id = any(v_elsewhere)
  ));
  perform engine.end_unheard(array(
    select (
      a.provider, null, a.team_id, a.id, a.job_id, ('final', 'failed', 'job', 'provider_lost_it', null)::engine.reading
    )::engine.event_reading
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'ACCEPTED' and engine.proves_absence(a, engine.now())
  ));
end
$$;
comment on function engine.disprove_attempts(engine.lookup_answer[]) is
'Attempts that the provider has no trace of, after a grace period.';
revoke all on function engine.disprove_attempts(engine.lookup_answer[]) from public;

-- sql/40_functions/engine/drop_old_slots.sql
-- Batch slots that are long over. A month is kept, for whoever asks why somebody was due when.
create or replace function engine.drop_old_slots()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_dropped integer;
begin
  delete from engine.pacing as p where p.slot_at < engine.now() - interval '31 days';
  get diagnostics v_dropped = row_count;
  return v_dropped;
end
$$;
comment on function engine.drop_old_slots() is 'Removes batch slots of more than a month ago; returns how many.';
revoke all on function engine.drop_old_slots() from public;

-- sql/40_functions/engine/due_jobs.sql
-- Due jobs that a worker could take now, and when there is room again for those that it could not. What waits for a
-- free line, for its account's pace, for its number's caps or for what was taken from its campaign (engine.sending_hold)
-- is not work for now. Counted from the counters.
create or replace function engine.due_jobs()
returns table (due bigint, frees_at timestamptz)
language plpgsql -- whose plans are kept: a driver of the clock asks this at every step
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with waiting as materialized (
    select w.team_id, i.id as integration_id, w.channel, w.phone_number_id, sum(w.due)::bigint as due
    from (
      select
        c.team_id, n.type::text::public.contact_channel as channel, c.phone_number_id, c.workflow_id, sum(d.amount) as due
      from public.campaigns as c
      inner join engine.due_counters as d on c.team_id = d.team_id and c.id = d.campaign_id and d.due_at <= engine.now()
      inner join public.workflow_nodes as n
        on c.team_id = n.team_id and c.workflow_id = n.workflow_id and d.node_id = n.id
      where c.status = 'ACTIVE'
      group by 1, 2, 3, 4
      having sum(d.amount) > 0
      offset 0 -- asked of what is due, not of every node: a trigger has no channel
    ) as w
    inner join public.integrations as i on w.team_id = i.team_id and i.provider = engine.provider_for(w.channel)
    where engine.sending_hold(w.team_id, w.workflow_id, w.phone_number_id, w.channel) is null
    group by 1, 2, 3, 4
  ),

  numbers as materialized (
    select w.team_id, w.integration_id, w.channel, greatest(least(
      w.due, r.free - engine.leased_jobs(f.team_id, null, f.id)
    ), 0) as due, case when r.free = 0 then r.frees_at end as frees_at
    from waiting as w
    inner join public.phone_numbers as f on w.team_id = f.team_id and w.phone_number_id = f.id
    left join lateral engine.number_room(f) as r on true
  ),

  accounts as materialized (
    select
      greatest(least(n.due, engine.free_lines(i, n.channel)), 0) as due,
      least(n.frees_at, case when r.free = 0 then r.frees_at end) as frees_at
    from (
      select team_id, integration_id, channel, sum(due)::bigint as due, min(frees_at) as frees_at
      from numbers
      group by team_id, integration_id, channel
    ) as n
    inner join public.integrations as i on n.team_id = i.team_id and n.integration_id = i.id and i.status = 'ACTIVE'
    left join lateral engine.account_room(i) as r on true
  )

  select coalesce(sum(a.due), 0)::bigint, min(a.frees_at) from accounts as a;
end
$$;
comment on function engine.due_jobs() is
'Due jobs that there is room for now, and when there is room for others of them (null: nothing waits for caps or paces).';
revoke all on function engine.due_jobs() from public;

-- sql/40_functions/engine/due_priorities.sql
-- The priorities of which a campaign has due jobs, the most urgent first, each with its earliest due time. Mostly
-- a campaign has one priority, and leads two more: so many entries of the index are read, however many jobs wait
-- for the morning. Who asked for `run_at` alone would read all of those, because the index has the priority first.
create or replace function engine.due_priorities(
  p_campaign_id uuid, p_channel public.contact_channel, p_now timestamptz
)
returns table (priority smallint, run_at timestamptz)
language plpgsql
stable
rows 1
set search_path = ''
set enable_sort = off -- the index has the order; a sort would need all that waits
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_priority smallint := (-32768)::smallint; -- before any that there is
begin
  loop
    select j.priority, j.run_at into v_priority, run_at
    from engine.jobs as j
    where j.campaign_id = p_campaign_id and j.channel = p_channel and j.status = 'READY' and j.priority > v_priority
    order by j.priority, j.run_at
    limit 1;
    exit when not found;
    if run_at <= p_now then
      priority := v_priority;
      return next;
    end if;
  end loop;
end
$$;
comment on function engine.due_priorities(uuid, public.contact_channel, timestamptz) is
'The priorities of a campaign''s due jobs of a channel, in order, and when the first of each was due.';
revoke all on function engine.due_priorities(uuid, public.contact_channel, timestamptz) from public;

-- sql/40_functions/engine/end_enrollments.sql
-- Ends enrollments, position by position. An enrollment that has ended stays as it ended.
create or replace function engine.end_enrollments(
  p_team_ids uuid[],
  p_enrollment_ids uuid[],
  p_statuses public.enrollment_status[],
  p_reason_codes text[]
)
returns void
language sql
volatile
set search_path = ''
as $$
  update engine.enrollments as e
  set
    status = engine.final_status(n.status, e.booked_at is not null),
    reason_code = case
      when e.booked_at is not null and engine.final_status(n.status, true) = 'BOOKED' then 'booked' else n.reason_code
    end,
    ended_at = c.now
  from unnest(p_team_ids, p_enrollment_ids, p_statuses, p_reason_codes)
    as n (team_id, id, status, reason_code)
  cross join (select engine.now() as now) as c
  where e.team_id = n.team_id and e.id = n.id and e.ended_at is null -- ACTIVE, said so that no plan takes the index of all active ones for this
$$;
comment on function engine.end_enrollments(uuid[], uuid[], public.enrollment_status[], text[]) is
'Ends active enrollments with a status and a reason each.';
revoke all on function engine.end_enrollments(uuid[], uuid[], public.enrollment_status[], text[]) from public;

-- sql/40_functions/engine/end_jobs.sql
-- Ends jobs that the caller has locked; everybody else calls engine.finish_jobs. A job that has ended already is left
-- alone, so saying an outcome twice, late or out of order changes nothing.
create or replace function engine.end_jobs(p_finished engine.finished_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
  v_ended engine.ended_job[];
begin
  if cardinality(p_finished) = 0 then
    return 0;
  end if;
  with ended as (
    update engine.jobs as j
    set
      -- What the provider never took has failed, whatever that says about the person.
      status = case
        when f.outcome in ('failed', 'undeliverable') or j.status <> 'DISPATCHED' then 'FAILED' else 'DONE'
      end::public.job_status,
      outcome = f.outcome, reason_code = f.reason_code, finished_at = v_now,
      lease_owner = null, lease_expires_at = null, check_at = null, reply_deadline = null,
      delivered_at = case
        -- Whoever answers a text has it.
        when j.channel = 'text' and (f.outcome in ('delivered', 'replied', 'opted_in', 'booked') or f.reason_code = 'inbound_text')
          then coalesce(j.delivered_at, v_now)
        else j.delivered_at
      end
    from unnest(p_finished) as f
    where j.team_id = f.team_id and j.id = f.job_id
      and (j.status = 'DISPATCHED' or (
        j.status in ('CLAIMED', 'AMBIGUOUS') and f.outcome in ('failed', 'undeliverable', 'opted_out')
      ))
    -- All that the next step asks of the job, so that nobody looks it up again.
    returning (
      f.team_id, f.job_id, f.outcome, f.reason_code, f.reply_text, j.channel, j.campaign_id, j.enrollment_id, j.contact_id,
      j.phone, j.workflow_id, j.node_id, j.visit, j.priority
    )::engine.ended_job as job
  )
  select array_agg(e.job) into v_ended from ended as e;
  if v_ended is null then
    return 0;
  end if;
  perform engine.advance_enrollments(v_ended);
  -- A line is free: whoever waits for one is dialled now, not at the next poll.
  perform pg_notify('outbound_jobs', 'call')
  where exists (select from unnest(v_ended) as f where f.channel = 'call');
  return cardinality(v_ended);
end
$$;
comment on function engine.end_jobs(engine.finished_job[]) is
'Ends jobs in flight, which the caller has locked, with their outcomes and moves their enrollments on; returns how many it ended.';
revoke all on function engine.end_jobs(engine.finished_job[]) from public;

-- sql/40_functions/engine/end_unheard.sql
-- Ends jobs of which no provider told the end, as far as it can be guessed. What was heard before holds: when the
-- assistant booked through a tool during the call, she has booked, and is not called or texted as somebody who has not.
create or replace function engine.end_unheard(p_ends engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_ends constant engine.event_reading[] := array(
    select case
      when u.provider = 'vapi' and engine.has_booked_by_tool(u.team_id, u.attempt_id) then (
        u.provider, u.event_key, u.team_id, u.attempt_id, u.job_id, ('final', 'booked', 'job', 'tool_call', null)::engine.reading
      )::engine.event_reading
      else u
    end
    from unnest(p_ends) as u
  );
begin
  if cardinality(v_ends) = 0 then
    return;
  end if;
  perform engine.finish_jobs(array(
    select (u.team_id, u.job_id, (u.reading).outcome, (u.reading).reason_code, null)::engine.finished_job from unnest(v_ends) as u
  ));
  perform engine.note_bookings(v_ends);
end
$$;
comment on function engine.end_unheard(engine.event_reading[]) is
'Ends jobs whose end nobody told, with the outcome that is given or a booking that was made by a tool.';
revoke all on function engine.end_unheard(engine.event_reading[]) from public;

-- sql/40_functions/engine/find_attempt.sql
-- The attempt that one event is about: see the function for many.
create or replace function engine.find_attempt(
  p_provider public.provider,
  p_attempt_id uuid,
  p_provider_id text,
  p_secret_name text
)
returns setof engine.attempts
language sql
stable
rows 1
set search_path = ''
as $$
  select a.*
  from engine.find_attempts(array[(p_provider, '', p_attempt_id, p_provider_id, p_secret_name)::engine.event_source]) as f
  inner join engine.attempts as a on f.attempt_id = a.id and f.team_id is not distinct from a.team_id -- see apply_known_events
$$;
comment on function engine.find_attempt(public.provider, uuid, text, text) is 'The attempt that an event is about, if it is known.';
revoke all on function engine.find_attempt(public.provider, uuid, text, text) from public;

-- sql/40_functions/engine/find_attempts.sql
-- The attempts that events are about: by our own id, which travelled with the request, else by the
-- provider's. An id of ours that belongs to another message of the provider is not believed, and a secret
-- vouches only for the accounts that have it: one team's says nothing about another team's calls.
create or replace function engine.find_attempts(p_sources engine.event_source[])
returns table (
  provider public.provider, event_key text, team_id uuid, attempt_id uuid, job_id uuid, attempt_status public.attempt_status
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select s.provider, s.event_key, f.team_id, f.id, f.job_id, f.status
  from unnest(p_sources) as s
  left join lateral (
    select a.team_id, a.id, a.job_id, a.status
    from engine.attempts as a
    -- Put so that only the index of ids can be used: while little is known of the table, those of a provider look as short.
    where a.id = s.attempt_id and a.provider is not distinct from s.provider
      and (s.provider_id is null or coalesce(a.provider_id, s.provider_id) = s.provider_id)
      and (s.secret_name is null or exists (
        -- A team has one account at each provider: that of the attempt's job.
        select
        from public.integrations as i
        where i.team_id = a.team_id and i.provider = a.provider and i.secret_name = s.secret_name
      ))
    limit 1
  ) as o on true
  -- Looked for only where ours says nothing.
  left join lateral (
    select a.team_id, a.id, a.job_id, a.status
    from engine.attempts as a
    where o.id is null and a.provider = s.provider and a.provider_id = s.provider_id
      and (s.secret_name is null or exists (
        select
        from public.integrations as i
        where i.team_id = a.team_id and i.provider = a.provider and i.secret_name = s.secret_name
      ))
    limit 1
  ) as t on true
  cross join lateral (
    select
      coalesce(o.team_id, t.team_id) as team_id, coalesce(o.id, t.id) as id, coalesce(o.job_id, t.job_id) as job_id,
      coalesce(o.status, t.status) as status
  ) as f
  where f.id is not null;
end
$$;
comment on function engine.find_attempts(engine.event_source[]) is 'The attempts that events are about, where they are known.';
revoke all on function engine.find_attempts(engine.event_source[]) from public;

-- sql/40_functions/engine/finish_jobs.sql
-- Ends jobs with what came of them and moves their enrollments on, in one transaction.
create or replace function engine.finish_jobs(p_finished engine.finished_job[])
returns integer
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(p_finished) = 0 then
    return 0;
  end if;
  perform
  from unnest(p_finished) as f
  inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
  order by j.id
  for update of j;
  return engine.end_jobs(p_finished);
end
$$;
comment on function engine.finish_jobs(engine.finished_job[]) is
'Ends jobs in flight with their outcomes and moves their enrollments on; returns how many it ended.';
revoke all on function engine.finish_jobs(engine.finished_job[]) from public;

-- sql/40_functions/engine/free_to_begin.sql
-- Locks the campaigns, then the contacts, of jobs that are about to begin, each in order of id, and returns
-- the jobs that have both. What somebody else holds is not waited for: a long transaction over one campaign
-- or one person must not hold up what every other team begins.
create or replace function engine.free_to_begin(p_job_ids uuid[])
returns engine.beginning_job[]
language plpgsql
set search_path = ''
as $$
declare
  -- Read once: whose job it is never changes.
  v_jobs constant engine.beginning_job[] := array(
    select (j.id, j.team_id, j.campaign_id, j.contact_id, j.phone)::engine.beginning_job
    from engine.jobs as j
    where j.id = any(p_job_ids)
    order by j.id
  );
  v_campaign_ids uuid[];
  v_contact_ids uuid[];
begin
  v_campaign_ids := array(
    select c.id
    from public.campaigns as c
    where c.id in (select j.campaign_id from unnest(v_jobs) as j)
    order by c.id
    for share of c skip locked
  );
  -- One at a time for a person: of two campaigns that begin for the same number the second is put off.
  v_contact_ids := array(
    select p.id
    from unnest(v_jobs) as j
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    where j.campaign_id = any(v_campaign_ids)
    order by p.id
    for no key update of p skip locked
  );
  return array(
    select j
    from unnest(v_jobs) as j
    where j.campaign_id = any(v_campaign_ids) and j.contact_id in (select unnest(v_contact_ids))
    order by j.id
  );
end
$$;
comment on function engine.free_to_begin(uuid[]) is
'The jobs whose campaign and contact nobody else holds, with both of them locked.';
revoke all on function engine.free_to_begin(uuid[]) from public;

-- sql/40_functions/engine/frequency_limits.sql
-- The team's cap on contacts of one person, across all campaigns and outreach. While there is room it goes
-- to whoever is ahead: an open job, or a due one, of a better campaign that runs; of equals the one that was due
-- first. What has no room waits until the oldest contact that fills it is a window old.
create or replace function engine.frequency_limits(
  p_team_id uuid,
  p_job_id uuid,
  p_phone text,
  p_priority smallint,
  p_run_at timestamptz,
  p_limit integer,
  p_window interval
)
returns table (reason_code text, until timestamptz)
language sql
stable
rows 1
set search_path = ''
as $$
  with made as materialized (
    select k.begun_at
    from engine.contacts_made as k
    where k.team_id = p_team_id and k.phone = p_phone and k.begun_at > engine.later(engine.now(), -p_window)
    order by k.begun_at desc
    limit p_limit
  ),

  ahead as (
    select count(*) as jobs
    from engine.jobs as o
    inner join public.campaigns as c on o.team_id = c.team_id and o.campaign_id = c.id and c.status = 'ACTIVE'
    inner join public.integrations as i on o.team_id = i.team_id and o.integration_id = i.id and i.status = 'ACTIVE'
    where o.team_id = p_team_id and o.phone = p_phone and o.id <> p_job_id
      and (o.status = 'CLAIMED' or (o.status = 'READY' and o.run_at <= engine.now()))
      and (o.priority, o.run_at, o.id) < (p_priority, p_run_at, p_job_id)
      -- What has begun is among the contacts.
      and not engine.has_live_attempt(o.team_id, o.id)
      and engine.sending_hold(c.team_id, c.workflow_id, c.phone_number_id, o.channel) is null
  )

  select
    case when m.contacts >= p_limit then 'frequency_cap' else 'frequency_priority' end,
    case
      -- Whole seconds, and not a moment too soon.
      when m.contacts >= p_limit then date_trunc('second', engine.later(m.oldest, p_window)) + interval '1 second'
      else engine.now() + interval '10 minutes'
    end
  from (select count(*) as contacts, min(begun_at) as oldest from made) as m
  cross join ahead as a
  where m.contacts + a.jobs >= p_limit
$$;
comment on function engine.frequency_limits(uuid, uuid, text, smallint, timestamptz, integer, interval) is
'Why a number may not be contacted once more now under the team''s cap, and until when; no row while there is room.';
revoke all on function
engine.frequency_limits(uuid, uuid, text, smallint, timestamptz, integer, interval) from public;

-- sql/40_functions/engine/hold_beginning.sql
-- The locks under which attempts begin, in the one order (docs/scaling.md): campaigns, contacts, jobs, capped
-- numbers, each in order of id. Jobs whose campaign or contact somebody else holds are put off; after the
-- jobs that are held are locked, because no job may be waited for while a later one is locked.
create or replace function engine.hold_beginning(p_worker text, p_job_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
  v_free constant uuid[] := array(select f.id from unnest(engine.free_to_begin(p_job_ids)) as f);
  v_held uuid[];
begin
  v_held := array(
    select l.id
    from (
      select j.team_id, j.id, j.phone
      from engine.jobs as j
      where j.id = any(v_free) and j.status = 'CLAIMED' and j.lease_owner = p_worker
        and j.lease_expires_at > v_now
      order by j.id
      for update of j
    ) as l
    -- engine.has_live_attempt and engine.keep_reachable, without a call for each
    where not exists (
      select from engine.attempts as a
      where a.team_id = l.team_id and a.job_id = l.id and a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED')
      offset 0 -- looked up for each job by its key, whatever statistics say
    ) and pg_try_advisory_xact_lock_shared(engine.phone_lock(l.team_id, l.phone))
  );
  if cardinality(v_held) < cardinality(v_free) then
    perform engine.put_off(p_worker, v_free, v_held, 'stop_in_progress');
  end if;
  if cardinality(v_free) < cardinality(p_job_ids) then
    perform engine.put_off(p_worker, p_job_ids, v_free, 'held_elsewhere');
  end if;
  perform engine.hold_numbers(v_held);
  return v_held;
end
$$;
comment on function engine.hold_beginning(text, uuid[]) is
'Locks what a beginning depends on; returns the jobs that the worker still holds and that nothing has been sent for.';
revoke all on function engine.hold_beginning(text, uuid[]) from public;

-- sql/40_functions/engine/hold_due.sql
-- The verdicts on due jobs that are claimed and begun at once; the caller has locked the jobs. Everything that a
-- beginning depends on is locked as in engine.hold_beginning, and nothing of it but capped numbers is waited for: who
-- waits for these jobs may hold it. The gate is asked after that, in a statement of its own.
create or replace function engine.hold_due(p_job_ids uuid[])
returns engine.verdict[]
language plpgsql
set search_path = ''
as $$
declare
  v_later constant timestamptz := date_trunc('second', engine.now()) + interval '10 seconds';
  v_free constant engine.beginning_job[] := engine.free_to_begin(p_job_ids);
  v_held constant uuid[] := array(
    select l.id
    from unnest(v_free) as l
    -- engine.phone_lock, without a call for each
    where pg_try_advisory_xact_lock_shared(
      hashtextextended(concat('number ', l.team_id, ' ', hashtext(l.phone) & 1023), 0)
    )
  );
  v_busy engine.verdict[] := '{}'::engine.verdict[]; -- mostly nobody holds anything
begin
  if cardinality(v_held) < cardinality(p_job_ids) then
    v_busy := array(
      select (
        j.team_id, j.id, 'defer',
        case when exists (select from unnest(v_free) as f where f.id = j.id) then 'stop_in_progress' else 'held_elsewhere' end,
        v_later, null, null
      )::engine.verdict
      from engine.jobs as j
      where j.id = any(p_job_ids) and j.id <> all(v_held)
    );
  end if;
  perform engine.hold_numbers(v_held);
  return v_busy || array(select v from engine.check_eligibility(v_held) as v);
end
$$;
comment on function engine.hold_due(uuid[]) is
'Locks what the beginning of due jobs depends on, and asks the gate; what somebody else holds is deferred.';
revoke all on function engine.hold_due(uuid[]) from public;

-- sql/40_functions/engine/ingest_event.sql
-- The inbox. Each event is stored once and applied once; one whose attempt is not known yet waits and
-- is applied when it is. Returns what became of each.
create or replace function engine.ingest_event(p_events jsonb)
returns table (event_key text, result text)
language plpgsql
security definer -- the receiver may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_told engine.events[];
  v_stored engine.told_event[];
  v_ignored engine.event_ref[];
begin
  if jsonb_typeof(p_events) is distinct from 'array' or exists (
    select from jsonb_array_elements(p_events) as e (event)
    where coalesce(e.event ->> 'event_key', '') = '' or coalesce(e.event ->> 'type', '') = ''
      or e.event ->> 'provider' is null or e.event -> 'payload' is null
  ) then
    perform engine.refuse(
      'OB001', 'Each event needs a provider, an event_key, a type and a payload.', '[]'
    );
  end if;
  v_told := array(
    select distinct on (e.provider, e.event_key) e
    from jsonb_populate_recordset(null::engine.events, p_events) as e
    -- A text belongs to no enrollment that could bring its first delivery back from the history.
    where case e.type when 'inbound' then not engine.is_in_history(e.provider, e.event_key) else true end
    order by e.provider, e.event_key
  );
  v_stored := engine.store_events(v_told);
  v_ignored := engine.apply_known_events(array(select s from unnest(v_stored) as s where s.job_id is not null));
  perform engine.apply_events(array(
    select (s.provider, s.event_key)::engine.event_ref from unnest(v_stored) as s where s.job_id is null
  ));
  return query
  select t.event_key, case
    when s.event_key is null then 'duplicate'
    when i.event_key is not null then 'ignored'
    when s.job_id is not null then 'applied'
    else (select e.result from engine.events as e where e.provider = s.provider and e.event_key = s.event_key)
  end
  from jsonb_to_recordset(p_events) as t (provider public.provider, event_key text)
  left join unnest(v_stored) as s on t.provider = s.provider and t.event_key = s.event_key
  left join unnest(v_ignored) as i on s.provider = i.provider and s.event_key = i.event_key;
end
$$;
comment on function engine.ingest_event(jsonb) is
'Stores and applies events: [{provider, event_key, type, payload, provider_id?, attempt_id?, secret_name?, occurred_at?}]; result is applied, waiting, ignored or duplicate.';
revoke all on function engine.ingest_event(jsonb) from public;
grant execute on function engine.ingest_event(jsonb) to outbound_worker;

-- sql/40_functions/engine/judge_jobs.sql
-- The gate's judgement of each job by itself; engine.check_eligibility, which everybody asks, adds what jobs
-- share. It fails closed: what it does not know, it does not let through.
-- The order matters: what ends a job comes before what only delays it. docs/guardrails.md tells it to people.
-- Mostly doors are open and everybody may pass, so only the next day's hours are worked out for each calendar;
-- where they are closed now, or a person must wait, all that is needed to find the next moment.
create or replace function engine.judge_jobs(p_job_ids uuid[])
returns setof engine.verdict
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with clock as materialized (
    select engine.now() as now
  ),

  jobs as materialized (
    select
      j.team_id, j.id, j.phone, j.channel, j.priority, j.run_at, j.due_at, j.workflow_id, j.node_id,
      c.id as campaign_id, c.phone_number_id, c.status as campaign_status, e.status as enrollment_status,
      -- engine.later, without a call for each
      (j.due_at at time zone 'UTC' + c.max_lateness) at time zone 'UTC' as latest_at,
      t.frequency_limit, t.frequency_window, p.timezones, p.regions, i.status as integration_status,
      (
        select max(s.reason)
        from public.suppressions as s
        where s.team_id = j.team_id and s.phone = j.phone and s.channel = j.channel
      ) as suppression,
      -- Cancelled since it matched: a look stops her (engine.stop_cancelled), but whoever was added after it is told here.
      (
        select max(w.cancelled_at)
        from engine.enrollment_work as b
        inner join engine.servicetitan_work as w
          on b.team_id = w.team_id and b.kind = w.kind and b.servicetitan_id = w.id
        where b.team_id = j.team_id and b.enrollment_id = j.enrollment_id
      ) is not null as is_called_off,
      not (t.is_sandbox and coalesce(i.is_sandbox, false)) and engine.is_fictitious(j.phone) as is_not_real,
      (select d.environment = 'sandbox' from engine.deployment as d) and i.is_sandbox is distinct from true
        as is_live_in_sandbox,
      row_number() over (partition by j.phone collate "C", j.team_id order by j.priority, j.run_at, j.id) > 1 as is_second
    from unnest(p_job_ids) as asked (id)
    inner join engine.jobs as j on asked.id = j.id
    inner join public.teams as t on j.team_id = t.id
    left join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    left join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    left join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    left join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
  ),

  -- What was taken from their campaigns: mostly nothing.
  held as materialized (
    select k.team_id, k.campaign_id, k.channel, h.reason_code
    from (
      select distinct team_id, campaign_id, workflow_id, phone_number_id, channel from jobs
      offset 0 -- asked once for each, not for each job
    ) as k
    cross join lateral (
      select engine.sending_hold(k.team_id, k.workflow_id, k.phone_number_id, k.channel) as reason_code
    ) as h
    where h.reason_code is not null
  ),

  calendars as materialized (
    select
      k.*, n.config -> 'business_hours' as business_hours, t.timezone as team_timezone, row_number() over () as calendar_no,
      coalesce(engine.open_hours(
        k.channel, n.config -> 'business_hours', t.timezone, k.timezones, k.regions, c.now, c.now + interval '1 day'
      ) @> c.now, false) as is_open
    from (
      select team_id, workflow_id, node_id, channel, timezones, regions, array_agg(id) as ids
      from jobs
      group by team_id, workflow_id, node_id, channel, timezones, regions
    ) as k
    cross join clock as c
    inner join public.teams as t on k.team_id = t.id
    left join public.workflow_nodes as n
      on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  ),

  placed as materialized (
    select j.*, k.calendar_no, k.is_open
    from calendars as k
    cross join unnest(k.ids) as a (id)
    inner join jobs as j on a.id = j.id
  ),

  reachable as (
    select p.* from placed as p where p.is_open and p.campaign_status = 'ACTIVE'
  ),

  waits as materialized (
    select distinct on (l.job_id) l.job_id, l.reason_code, l.until
    from (
      select s.job_id, s.reason_code, s.until
      from engine.contact_limits(array(
        select (r.team_id, r.id, r.phone, r.channel, r.timezones, r.regions)::engine.asked_contact from reachable as r
      )) as s
      union all
      select r.id, f.reason_code, f.until
      from reachable as r
      cross join lateral engine.frequency_limits(
        r.team_id, r.id, r.phone, r.priority, r.run_at, r.frequency_limit, r.frequency_window
      ) as f
      where r.frequency_limit is not null
      union all
      -- Two of one person's jobs in one set: one at a time.
      select r.id, 'one_at_a_time', c.now + interval '10 minutes'
      from reachable as r cross join clock as c
      where r.is_second
    ) as l
    order by l.job_id, l.until desc
  ),

  hours as materialized (
    select k.calendar_no, case when not k.is_open or exists (select from waits as m where m.job_id = any(k.ids)) then
      engine.open_hours(
        k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions, c.now, c.now + interval '15 days'
      )
    end as open_hours
    from calendars as k cross join clock as c
  )

  select
    j.team_id, j.id, v.decision, v.reason_code,
    case when v.decision = 'defer' then w.run_at end,
    case when v.decision = 'close' then engine.closing_status(v.reason_code) end,
    -- What the law holds back is not late: the due time moves along. Nor is anybody late while doors are closed.
    case when v.decision = 'defer' then j.due_at + greatest(w.run_at - case
      when v.reason_code in ('outside_hours', 'daily_limit') then c.now else m.until
    end, interval '0') end
  from placed as j
  cross join clock as c
  inner join hours as k on j.calendar_no = k.calendar_no
  left join waits as m on j.id = m.job_id
  left join held as h on j.team_id = h.team_id and j.campaign_id = h.campaign_id and j.channel = h.channel
  cross join lateral (select case
    when j.is_open and m.until is null then date_trunc('second', c.now)
    else coalesce(
      engine.first_open(k.open_hours, coalesce(m.until, c.now)),
      -- A window of the team's may be longer than the calendar.
      case when m.until > c.now + interval '14 days' then m.until end
    )
  end) as w (run_at)
  cross join lateral (
    select case
      when j.campaign_status = 'CANCELLED' then array['close', 'campaign_cancelled']
      when j.enrollment_status is distinct from 'ACTIVE' then array['close', 'enrollment_ended']
      when j.is_called_off then array['close', 'job_cancelled']
      when j.suppression is not null then array['close', 'suppressed_' || j.suppression]
      when j.is_not_real is distinct from false then array['close', 'number_is_fictitious']
      when coalesce(cardinality(j.timezones), 0) = 0 then array['close', 'timezone_unknown']
      when c.now > j.latest_at then array['close', 'too_late']
      when not j.is_open and isempty(k.open_hours) is distinct from false then array['close', 'never_open']
      when j.campaign_status is distinct from 'ACTIVE' then array['hold', 'campaign_not_active']
      when j.integration_status is distinct from 'ACTIVE' then array['hold', 'integration_paused']
      when h.reason_code = 'number_not_verified' then array['hold', 'number_not_verified']
      when h.reason_code is not null then array['hold', 'assistant_inactive']
      -- A clock that can be set must never decide when real people are called.
      when j.is_live_in_sandbox is distinct from false then array['hold', 'live_account_in_sandbox']
      when m.reason_code = 'frequency_cap' and m.until > j.latest_at then array['close', 'frequency_cap']
      when w.run_at is null then array['close', 'never_open']
      when not j.is_open then array['defer', 'outside_hours']
      when m.reason_code is not null then array['defer', m.reason_code]
      when j.is_open then array['pass', null]
      else array['hold', 'undecided']
    end as answer
  ) as a
  cross join lateral (select a.answer[1] as decision, a.answer[2] as reason_code) as v;
end
$$;
comment on function engine.judge_jobs(uuid[]) is
'The gate''s verdict for each job by itself: pass, hold, defer or close, with a reason. Fails closed.';
revoke all on function engine.judge_jobs(uuid[]) from public;

-- sql/40_functions/engine/learn_size.sql
-- A table that statistics call empty while a large piece of work fills it, as after all of its rows were moved away: until
-- the server looks by itself, and no session sees that before the work is committed, plans take each key of it for one
-- that finds everything, and the check of one foreign key reads all of a team's rows. So it is looked at right here.
-- Whoever looks at the same moment is left to it.
create or replace function engine.learn_size(p_table regclass, p_added bigint)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_many constant integer := 100; -- from here on a plan that was made for an empty table costs more than a look at it
begin
  if p_added >= c_many and (select c.reltuples <= 0 from pg_catalog.pg_class as c where c.oid = p_table) then
    execute format('analyze (skip_locked) %s', p_table);
  end if;
end
$$;
comment on function engine.learn_size(regclass, bigint) is
'Gathers the statistics of a table to which many rows were just added, if it has none or had no rows when they were gathered.';
revoke all on function engine.learn_size(regclass, bigint) from public;

-- sql/40_functions/engine/legal_week.sql
-- A region's rules, a row for each weekday: its own, else the default's. A week and not a day, because whoever works out
-- weeks of hours would otherwise ask the same seven days again and again.
create or replace function engine.legal_week(p_channel public.contact_channel, p_region text)
returns table (weekday smallint, starts_at time, ends_at time, daily_limit smallint)
language plpgsql
stable
rows 7
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select distinct on (w.weekday) w.weekday, w.starts_at, w.ends_at, w.daily_limit
  from reference.calling_windows as w
  where w.channel = p_channel and w.region in (p_region, '')
  order by w.weekday, w.region desc;
end
$$;
comment on function engine.legal_week(public.contact_channel, text) is
'Legal contact hours of a region by ISO weekday: its own row, else the default; no hours means closed.';
revoke all on function engine.legal_week(public.contact_channel, text) from public;

-- sql/40_functions/engine/local_days.sql
-- The dates of a weekday among the local days that two moments span in a zone, one more on each side.
create or replace function engine.local_days(p_zone text, p_from timestamptz, p_until timestamptz, p_weekday integer)
returns setof date
language plpgsql
immutable
rows 4
set search_path = ''
as $$
declare
  v_first constant date := (p_from at time zone p_zone)::date - 1;
begin
  return query
  select v_first + g.n
  from generate_series(
    (p_weekday - extract(isodow from v_first)::integer + 7) % 7,
    (p_until at time zone p_zone)::date - v_first + 1,
    7
  ) as g (n);
end
$$;
comment on function engine.local_days(text, timestamptz, timestamptz, integer) is
'Dates of an ISO weekday in a zone, from the day before one moment to the day after another.';
revoke all on function engine.local_days(text, timestamptz, timestamptz, integer) from public;

-- sql/40_functions/engine/lock_due_jobs.sql
-- Picks due jobs of active campaigns, most urgent first, and locks them; what others hold is skipped, and what waits
-- for a number or an assistant (engine.sending_hold) is not looked at.
-- Each account's free lines bound its calls, a lowered pace everything, a capped number what is sent from it;
-- what finds no room stays due and is not touched, so others go ahead. Accounts are locked in order of id,
-- before any job.
create or replace function engine.lock_due_jobs(p_queues text[], p_limit integer)
returns table (job_id uuid)
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  -- A statement of its own: what follows must see what the one waited for has committed.
  perform
  from public.integrations as i
  where i.status = 'ACTIVE' and exists (
    select
    from unnest(p_queues::public.contact_channel[]) as q (channel)
    inner join public.campaigns as c on c.team_id = i.team_id and c.status = 'ACTIVE'
    where i.provider = engine.provider_for(q.channel) and exists (
      select from engine.due_priorities(c.id, q.channel, v_now)
    )
  )
  order by i.id
  for no key update of i;

  return query
  with lines as materialized (
    select i.team_id, q.channel, greatest(least(p_limit, engine.free_lines(i, q.channel)), 0) as free
    from public.integrations as i
    inner join unnest(p_queues::public.contact_channel[]) as q (channel)
      on i.provider = engine.provider_for(q.channel)
    where i.status = 'ACTIVE'
  ),

  -- Sending numbers with caps; the gate, under a lock on the number, has the last word.
  numbers as materialized (
    select f.team_id, f.id, greatest(r.free - engine.leased_jobs(f.team_id, null, f.id), 0) as free
    from public.phone_numbers as f
    cross join lateral engine.number_room(f) as r
    where f.rate_per_minute is not null or f.daily_limit is not null
  ),

  due as materialized (
    select l.team_id, l.channel, l.free, n.id, n.priority, n.run_at, row_number() over (
      partition by l.team_id, c.phone_number_id order by n.priority, n.run_at, n.id
    ) <= coalesce(f.free, p_limit) as has_number
    from lines as l
    inner join public.campaigns as c on l.team_id = c.team_id and c.status = 'ACTIVE'
    left join numbers as f on c.team_id = f.team_id and c.phone_number_id = f.id
    -- Each priority by its own range of the index, and one after the other: the next is read only if there is room.
    cross join lateral (
      select j.id, j.priority, j.run_at
      from engine.due_priorities(c.id, l.channel, v_now) as p
      cross join lateral (
        select r.id, r.priority, r.run_at
        from engine.jobs as r
        where r.campaign_id = c.id and r.channel = l.channel and r.status = 'READY'
          and r.priority = p.priority and r.run_at <= v_now
          and engine.sending_hold(c.team_id, c.workflow_id, c.phone_number_id, l.channel) is null
        order by r.run_at
        limit least(l.free, f.free)
        for update of r skip locked
      ) as j
      limit least(l.free, f.free)
    ) as n
  )

  select d.id
  from (
    select u.*, row_number() over (partition by u.team_id, u.channel order by u.priority, u.run_at) <= u.free as has_line
    from due as u
    where u.has_number
  ) as d
  where d.has_line
  order by d.priority, d.run_at
  limit p_limit;
end
$$;
comment on function engine.lock_due_jobs(text[], integer) is
'Locks and returns due jobs of active campaigns, within the free lines and paces of their accounts and their numbers'' caps.';
revoke all on function engine.lock_due_jobs(text[], integer) from public;

-- sql/40_functions/engine/lock_jobs.sql
-- Locks jobs in order of id, as everybody does who ends them, so that two who want the same at once don't wait in a circle.
create or replace function engine.lock_jobs(p_job_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off -- a plan that is kept must not read all because the table was empty when it was made
as $$
begin
  if cardinality(p_job_ids) > 0 then
    perform
    from engine.jobs as j
    where j.id = any(p_job_ids)
    order by j.id
    for update of j;
  end if;
end
$$;
comment on function engine.lock_jobs(uuid[]) is 'Locks jobs against whoever else would end them, in order of id.';
revoke all on function engine.lock_jobs(uuid[]) from public;

-- sql/40_functions/engine/next_steps.sql
-- Where the enrollments of ended jobs go: reads what engine.decide_steps needs, and writes nothing.
create or replace function engine.next_steps(p_ended engine.ended_job[])
returns setof engine.step
language plpgsql
stable
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  return query
  -- What many jobs share is looked up once: their campaigns, their nodes, and what their reasons mean.
  with campaigns as materialized (
    select c.team_id, c.id, c.status = 'CANCELLED' as is_cancelled
    from (select distinct f.team_id, f.campaign_id from unnest(p_ended) as f) as k
    inner join public.campaigns as c on k.team_id = c.team_id and k.campaign_id = c.id
  ),

  jobs as materialized (
    select row_number() over () as visit_no, j.*, e.retries_left, e.reopened_at, c.is_cancelled
    from unnest(p_ended) as j
    inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id and e.ended_at is null -- see end_enrollments
    inner join campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
  ),

  nodes as materialized (
    select n.team_id, n.workflow_id, n.id, n.type, n.config -> 'retry' as retry, array(
      select (w.id, w.target, w.when_outcome, w.phrases, w.delay, w.priority)::engine.edge_choice
      from public.workflow_edges as w
      where w.team_id = n.team_id and w.workflow_id = n.workflow_id and w.source = n.id
    ) as edges
    from (select distinct team_id, workflow_id, node_id from jobs) as k
    inner join public.workflow_nodes as n
      on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  ),

  reasons as materialized (
    select c.ended_reason as reason_code, c.scope <> 'job' as is_not_dialled
    from engine.classify_ended_reasons(array(select j.reason_code from jobs as j where j.channel = 'call')) as c
  ),

  ended as materialized (
    select
      j.*, coalesce(k.is_not_dialled, false) as was_not_dialled,
      case when n.retry -> 'outcomes' ? j.outcome::text then engine.count_tries(j.team_id, j.enrollment_id, j.node_id, j.reopened_at) end as dialled
    from jobs as j
    inner join nodes as n on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
    left join reasons as k on j.channel = 'call' and j.reason_code is not distinct from k.reason_code
  ),

  -- Many visits end alike, and are decided once.
  kinds as materialized (
    select row_number() over () as kind_no, k.visit_nos, (
      n.type, k.outcome, k.reason_code, k.reply_text, n.retry, k.retries_left, k.dialled, k.was_not_dialled, n.edges
    )::engine.ended_visit as visited
    from (
      select
        e.team_id, e.workflow_id, e.node_id, e.outcome, e.reason_code, e.reply_text, e.retries_left, e.dialled,
        e.was_not_dialled, array_agg(e.visit_no) as visit_nos
      from ended as e
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    ) as k
    inner join nodes as n on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  )

  select -- what was under way when its campaign was cancelled is counted, and makes no next job
    v.team_id, v.enrollment_id, d.edge_id, d.is_retry, not v.was_not_dialled,
    case when d.end_status is null and not v.is_cancelled then (
      v.team_id, v.campaign_id, v.enrollment_id, v.contact_id, v.phone, v.workflow_id,
      case when d.is_retry then v.node_id else d.target end, case when d.is_retry then v.visit + 1 else 1 end,
      v.priority, coalesce((v_now at time zone 'UTC' + d.delay) at time zone 'UTC', v_now) -- engine.later, inlined
    )::engine.new_job end,
    case when v.is_cancelled then coalesce(d.end_status, 'CANCELLED') else d.end_status end,
    case when v.is_cancelled and d.end_status is null then 'campaign_cancelled' else d.reason_code end
  from engine.decide_steps(array(select k.visited from kinds as k order by k.kind_no)) as d
  inner join kinds as k on d.visit_no = k.kind_no
  cross join unnest(k.visit_nos) as o (visit_no)
  inner join ended as v on o.visit_no = v.visit_no
  order by v.visit_no;
end
$$;
comment on function engine.next_steps(engine.ended_job[]) is
'Where the active enrollments of ended jobs go: retry, edge or end. Writes nothing.';
revoke all on function engine.next_steps(engine.ended_job[]) from public;

-- sql/40_functions/engine/nodes_without_assistant.sql
-- Nodes whose assistant was switched off, or is gone: what they would say nobody says any more.
create or replace function engine.nodes_without_assistant(p_team_id uuid, p_workflow_id uuid)
returns setof public.workflow_nodes
language plpgsql -- whose plan is kept: a claim asks this for each campaign that has something due
stable
set search_path = ''
as $$
begin
  return query
  select n.*
  from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    and n.config ->> 'assistant_id' is not null
    and n.config ->> 'assistant_id' <> all(array(
      select a.id::text from public.assistants as a where a.team_id = p_team_id and a.is_active
    ));
end
$$;
comment on function engine.nodes_without_assistant(uuid, uuid) is 'Nodes of a workflow whose assistant is not active.';
revoke all on function engine.nodes_without_assistant(uuid, uuid) from public;

-- sql/40_functions/engine/note_account_change.sql
-- An integration that is about to be saved with another account. Twilio's have an id; of Vapi's only the secret tells
-- them apart. A secret that is replaced under its name is the same account's, as docs/deploy.md tells.
create or replace function engine.note_account_change(
  p_team_id uuid, p_provider public.provider, p_secret_name text, p_account_ref text
)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into engine.account_changes (team_id, integration_id, changed_at)
  select i.team_id, i.id, engine.now()
  from public.integrations as i
  where i.team_id = p_team_id and i.provider = p_provider and (
    i.account_ref is distinct from p_account_ref or (p_provider = 'vapi' and i.secret_name <> p_secret_name)
  )
  on conflict on constraint account_changes_pk do update set changed_at = excluded.changed_at
$$;
comment on function engine.note_account_change(uuid, public.provider, text, text) is
'Notes the moment if an integration is to be saved with another account than it has.';
revoke all on function engine.note_account_change(uuid, public.provider, text, text) from public;

-- sql/40_functions/engine/note_inbox.sql
-- The texts to a number are in the inbox up to a moment. Whoever could not ask says nothing: it is due again when the
-- lease has run out.
create or replace function engine.note_inbox(p_team_id uuid, p_phone_number_id uuid, p_until timestamptz)
returns void
language sql
volatile
security definer -- workers may write no table
set search_path = ''
as $$
  update engine.inboxes as b
  set read_at = greatest(b.read_at, least(p_until, engine.now())), check_at = engine.now() + interval '5 minutes'
  where b.team_id = p_team_id and b.phone_number_id = p_phone_number_id
$$;
comment on function engine.note_inbox(uuid, uuid, timestamptz) is
'Notes up to when the texts to a number have been asked for and stored.';
revoke all on function engine.note_inbox(uuid, uuid, timestamptz) from public;
grant execute on function engine.note_inbox(uuid, uuid, timestamptz) to outbound_worker;

-- sql/40_functions/engine/note_tick_failures.sql
-- Keeps which of a tick's steps failed: those that did are noted, with since when and how often, and those that did
-- not are forgotten. Called last, because two ticks that fail at once wait for each other here.
create or replace function engine.note_tick_failures(
  p_steps text[], p_failures jsonb, p_untried text[] default '{}'
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from engine.tick_failures as f
  where f.step = any(p_steps) and f.subject <> all(p_untried) and not exists (
    select from jsonb_to_recordset(p_failures) as n (step text, subject text)
    where n.step = f.step and n.subject = f.subject
  );
  insert into engine.tick_failures as f (step, subject, code, message)
  select n.step, n.subject, n.code, n.message
  from jsonb_to_recordset(p_failures) as n (step text, subject text, code text, message text)
  order by n.step, n.subject
  on conflict on constraint tick_failures_pk do update set
    failed_at = excluded.failed_at, failure_count = f.failure_count + 1, code = excluded.code, message = excluded.message;
end
$$;
comment on function engine.note_tick_failures(text[], jsonb, text[]) is
'Replaces what is known of the failures of steps by [{step, subject, code, message}], but for subjects that were not tried.';
revoke all on function engine.note_tick_failures(text[], jsonb, text[]) from public;

-- sql/40_functions/engine/number_fault.sql
-- What a provider's code says of the number; the one place that knows. Dead: there is no such number, or none that takes
-- texts. Barred: the account or the sending number may not reach its country, and it may be hers. Null: something else.
create or replace function engine.number_fault(p_code text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    -- Twilio's, of requests (21…) and of deliveries (30…)
    when p_code in ('21211', '21614', '21635', '30005', '30006') then 'dead'
    when p_code = '21408' then 'barred'
    -- Vapi's
    when p_code in ('invalid_number', 'twilio-reported-customer-misdialed') then 'dead'
    when p_code = 'international_not_allowed' then 'barred'
  end
$$;
comment on function engine.number_fault(text) is 'dead or barred where a provider''s code is about the number that was to be reached, else null.';
revoke all on function engine.number_fault(text) from public;

-- sql/40_functions/engine/open_hours.sql
-- When a person may be reached at a node: the node's business hours and the legal hours, in every
-- zone and under every region's rules that may apply. Intersecting ranges of real instants keeps the
-- days right on which the clocks change. What has begun leaves within a minute (workers/deadline.py), so legal hours end
-- a minute before the law's, here where everybody asks.
create or replace function engine.open_hours(
  p_channel public.contact_channel,
  p_business_hours jsonb,
  p_team_timezone text,
  p_timezones text[],
  p_regions text[],
  p_from timestamptz,
  p_until timestamptz
)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan -- to plan it takes longer than a calendar
as $$
declare
  c_leaving constant interval := interval '1 minute';
  v_legal tstzmultirange;
begin
  v_legal := (
    -- A name that this server does not know is no zone at all, and the count below fails closed.
    with zones as materialized (
      select z.zone
      from unnest(p_timezones) as z (zone)
      where exists (select from reference.timezones as k where k.timezone = z.zone)
    ),

    legal as (
      select z.zone, r.region, range_agg(tstzrange(
        least(i.starts_at, i.ends_at - c_leaving), i.ends_at - c_leaving
      )) as hours
      from zones as z
      cross join unnest(case when cardinality(p_regions) = 0 then array[''] else p_regions end) as r (region)
      cross join engine.legal_week(p_channel, r.region) as w
      cross join engine.local_days(z.zone, p_from, p_until, w.weekday) as d (day)
      cross join lateral (
        select (d.day + w.starts_at) at time zone z.zone as starts_at, (d.day + w.ends_at) at time zone z.zone as ends_at
      ) as i
      where w.starts_at is not null
      group by z.zone, r.region
    )

    -- Unknown zones, a zone or region that is never open: fail closed.
    select case
      when cardinality(p_timezones) = 0 then '{}'
      when count(*) < cardinality(p_timezones) * greatest(cardinality(p_regions), 1) then '{}'
      else range_intersect_agg(l.hours)
    end
    from legal as l
  );
  -- Mostly the law alone says, and the rest need not be made ready.
  if p_business_hours is null or v_legal is null or isempty(v_legal) then
    return v_legal;
  end if;
  return v_legal * engine.business_hours(p_business_hours, p_team_timezone, p_timezones, p_from, p_until);
end
$$;
comment on function engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) is
'Instants between two moments at which a contact may be reached at a node; empty when zones are unknown.';
revoke all on function
engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) from public;

-- sql/40_functions/engine/postpone_attempts.sql
-- The provider did not take the request and may later. Trying again takes from the enrollment's
-- budget, except where the provider only said that it was too much: then the account's pace is lowered
-- (engine.lower_pace) and nobody is given up. The wait doubles with each attempt, and spreads so that jobs that failed
-- together do not come back together.
create or replace function engine.postpone_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_spent engine.finished_job[];
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  update engine.attempts as a
  set status = 'TRY_LATER', code = r.code, message = r.message, resolved_at = engine.now()
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  v_spent := array(
    select (j.team_id, j.id, 'failed', 'retries_exhausted', null)::engine.finished_job
    from unnest(p_results) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    where j.status in ('CLAIMED', 'AMBIGUOUS') and r.scope <> 'capacity' and e.retries_left = 0
  );
  update engine.enrollments as e
  set retries_left = e.retries_left - 1
  from unnest(p_results) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where e.team_id = j.team_id and e.id = j.enrollment_id and r.scope <> 'capacity' and e.retries_left > 0
    and j.status in ('CLAIMED', 'AMBIGUOUS');

  update engine.jobs as j
  set
    status = 'READY', attempt_count = a.attempt_number, lease_owner = null, lease_expires_at = null, check_at = null,
    run_at = date_trunc('second', engine.now() + engine.back_off(a.attempt_number, r.retry_after_seconds))
  from unnest(p_results) as r
  inner join engine.attempts as a on r.attempt_id = a.id and r.team_id is not distinct from a.team_id -- see apply_known_events
  where j.team_id = r.team_id and j.id = r.job_id and j.status in ('CLAIMED', 'AMBIGUOUS')
    and j.id not in (select s.job_id from unnest(v_spent) as s);
  perform engine.drop_cancelled_jobs(array(select r.job_id from unnest(p_results) as r));
  perform engine.finish_jobs(v_spent);

  perform engine.lower_pace(
    array_agg(j.team_id), array_agg(j.integration_id), array_agg(concat_ws(': ', r.code, r.message)),
    array_agg(r.retry_after_seconds)
  )
  from unnest(p_results) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where r.scope = 'capacity' and r.code is distinct from 'too_old_to_send' -- which no provider said
  having count(*) > 0;
end
$$;
comment on function engine.postpone_attempts(engine.dispatch_result[]) is
'Attempts that the provider asked to repeat later: READY again with back-off, or failed when the budget is spent.';
revoke all on function engine.postpone_attempts(engine.dispatch_result[]) from public;

-- sql/40_functions/engine/proves_absence.sql
-- Whether "no trace of it", asked at a moment, proves anything about an attempt whose fate is not known: only
-- when everything that was on its way must have arrived by then. It is the question's moment that counts, not
-- when the answer is written down: whoever asked may have been frozen in between, and a request have left since.
create or replace function engine.proves_absence(p_attempt engine.attempts, p_asked_at timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return case p_attempt.status
    when 'AMBIGUOUS' then p_attempt.begun_at <= p_asked_at - engine.doubt_grace()
    when 'ACCEPTED' then p_attempt.resolved_at <= p_asked_at - interval '2 minutes'
    else false
  end;
end
$$;
comment on function engine.proves_absence(engine.attempts, timestamptz) is
'Whether "no trace of it" proves that the provider does not have an attempt, when it was asked at this moment.';
revoke all on function engine.proves_absence(engine.attempts, timestamptz) from public;

-- sql/40_functions/engine/queue_lag.sql
-- How far the queues are behind, for who watches them: what is due in active campaigns, what is out, and how
-- long the job that is next in line has waited. Counted from the counters; the line is read at its head.
create or replace function engine.queue_lag()
returns table (queue text, due_jobs bigint, jobs_in_progress bigint, jobs_in_doubt bigint, lag_seconds double precision)
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select
    q.channel::text, coalesce(k.due, 0)::bigint, coalesce(k.in_progress, 0)::bigint, coalesce(k.in_doubt, 0)::bigint,
    coalesce(extract(epoch from engine.now() - h.run_at), 0)::double precision
  from unnest(enum_range(null::public.contact_channel)) as q (channel)
  left join (
    select
      n.type::text as channel, sum(w.due) as due, sum(w.in_progress) as in_progress, sum(w.in_doubt) as in_doubt
    from public.campaigns as c
    cross join lateral (
      select
        x.node_id, 0 as due, sum(x.amount) filter (where x.state in ('CLAIMED', 'DISPATCHED')) as in_progress,
        sum(x.amount) filter (where x.state = 'AMBIGUOUS') as in_doubt
      from engine.counters as x
      where x.team_id = c.team_id and x.campaign_id = c.id and x.state in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
      group by x.node_id
      union all
      select d.node_id, sum(d.amount), 0, 0
      from engine.due_counters as d
      where d.team_id = c.team_id and d.campaign_id = c.id and d.due_at <= engine.now() and c.status = 'ACTIVE'
      group by d.node_id
    ) as w
    inner join public.workflow_nodes as n
      on c.team_id = n.team_id and c.workflow_id = n.workflow_id and w.node_id = n.id
    where c.status in ('ACTIVE', 'PAUSED')
    group by 1
  ) as k on q.channel::text = k.channel
  left join lateral (
    select min(j.run_at) as run_at
    from public.campaigns as c
    cross join lateral (
      select d.run_at from engine.due_priorities(c.id, q.channel, engine.now()) as d order by d.priority limit 1
    ) as j
    where c.status = 'ACTIVE'
  ) as h on true
$$;
comment on function engine.queue_lag() is
'For each queue: jobs due in active campaigns, in progress and in doubt, and the campaign seconds that the next in line has waited.';
revoke all on function engine.queue_lag() from public;
grant execute on function engine.queue_lag() to outbound_worker;

-- sql/40_functions/engine/read_answers.sql
-- What providers' answers to lookups are worth. Null means "ask again": what was found is another
-- attempt's, by now or in this very set; or "no trace of it" was asked too early for what it would do now.
create or replace function engine.read_answers(p_results jsonb)
returns engine.lookup_answer[]
language sql
stable
set search_path = ''
as $$
  select array(
    select (
      l.attempt_id,
      case when l.is_first and not l.is_outdated and not exists (
        select
        from engine.attempts as o
        where o.provider = l.provider and o.provider_id = l.provider_id and o.id <> l.attempt_id
      ) then l.found end,
      l.provider_id, l.payload
    )::engine.lookup_answer
    from (
      select
        t.*, a.provider, t.provider_id is null or row_number() over (
          partition by a.provider, t.provider_id order by a.begun_at, a.id
        ) = 1 as is_first,
        t.found is false and engine.proves_absence(a, engine.now())
        and not engine.proves_absence(a, coalesce(t.asked_at, engine.now())) as is_outdated
      from jsonb_to_recordset(p_results)
        as t (attempt_id uuid, found boolean, provider_id text, payload jsonb, asked_at timestamptz)
      inner join engine.attempts as a on t.attempt_id = a.id
    ) as l
  )
$$;
comment on function engine.read_answers(jsonb) is 'Answers to lookups, as far as they can be believed.';
revoke all on function engine.read_answers(jsonb) from public;

-- sql/40_functions/engine/read_events.sql
-- Stored events whose attempt is known, with what each says. A booking that an assistant made through a
-- tool during the call counts even when the report does not repeat it.
create or replace function engine.read_events(p_events engine.told_event[])
returns setof engine.event_reading
language plpgsql
stable
set search_path = ''
as $$
declare
  v_of_vapi constant engine.told_event[] := array(select e from unnest(p_events) as e where e.provider = 'vapi');
begin
  return query
  with readings as materialized (
    select e.provider, e.event_key, e.team_id, e.attempt_id, e.job_id, r.reading
    from engine.read_vapi_messages(
      array(select v.type from unnest(v_of_vapi) as v),
      array(
        select case when v.payload ? 'message' then engine.vapi_message(v.payload) else v.payload end
        from unnest(v_of_vapi) as v
      )
    ) as r
    inner join unnest(v_of_vapi) with ordinality as e (
      provider, event_key, team_id, attempt_id, job_id, attempt_status, provider_id, type, payload, n
    ) on r.ordinal = e.n
    union all
    select
      e.provider, e.event_key, e.team_id, e.attempt_id, e.job_id, engine.read_twilio_event(e.type, e.payload)
    from unnest(p_events) as e
    where e.provider <> 'vapi'
  )

  select
    r.provider, r.event_key, r.team_id, r.attempt_id, r.job_id,
    case
      when r.provider = 'vapi' and (r.reading).kind = 'final' and (r.reading).outcome <> 'opted_out'
        and exists (
          select from engine.events as t
          where t.team_id = r.team_id and t.attempt_id = r.attempt_id and t.type = 'tool-calls'
        )
        and engine.has_booked_by_tool(r.team_id, r.attempt_id)
        then ((r.reading).kind, 'booked', (r.reading).scope, (r.reading).reason_code, (r.reading).words)::engine.reading
      else r.reading
    end
  from readings as r;
end
$$;
comment on function engine.read_events(engine.told_event[]) is 'Events whose attempt is known, read.';
revoke all on function engine.read_events(engine.told_event[]) from public;

-- sql/40_functions/engine/read_inbound_texts.sql
-- Waiting inbound texts with the team whose number they were sent to, and the text of ours that they
-- answer: of those to that person that still wait for a reply the latest that came from that number, else the
-- latest. What was written before one of ours was sent, and is told late, does not answer it. A reply to a text
-- whose sending is not settled yet must wait until it is.
create or replace function engine.read_inbound_texts(p_events engine.event_ref[])
returns table (
  provider public.provider, event_key text, team_id uuid, phone text, words text, consent text, job_id uuid,
  must_wait boolean
)
language sql
stable
set search_path = ''
as $$
  select
    e.provider, e.event_key, f.team_id, s.phone, e.payload ->> 'Body',
    f.consent, w.id,
    f.consent is null and w.is_addressed is not true and exists (
      select
      from engine.jobs as j
      inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
      inner join public.phone_numbers as n on c.team_id = n.team_id and c.phone_number_id = n.id
      where j.team_id = f.team_id and j.phone = s.phone and j.channel = 'text' and j.status in ('CLAIMED', 'AMBIGUOUS')
        and (w.id is null or n.phone = e.payload ->> 'To')
        and engine.has_live_attempt(j.team_id, j.id)
    )
  from unnest(p_events) as p
  inner join engine.events as e
    on p.provider = e.provider and p.event_key = e.event_key and e.type = 'inbound' and e.result = 'waiting'
  cross join lateral (
    -- whatsapp:+1…; short codes and names are nobody that we call
    select substring(e.payload ->> 'From' from '(\+[1-9][0-9]{6,14})$') as phone
  ) as s
  left join lateral (
    select i.team_id, c.consent
    from public.integrations as i
    cross join lateral (
      select case
        when e.payload ->> 'OptOutType' = 'STOP' then 'opt_out'
        when e.payload ->> 'OptOutType' = 'START' then 'opt_in'
        else engine.read_consent(e.payload ->> 'Body', i.team_id)
      end as consent
    ) as c
    where i.provider = e.provider and i.account_ref = e.payload ->> 'AccountSid'
      and i.secret_name = coalesce(e.secret_name, i.secret_name)
      -- A stop holds whichever number of the account it was sent to.
      and (c.consent = 'opt_out' or exists (
        select from public.phone_numbers as n where n.team_id = i.team_id and n.phone = e.payload ->> 'To'
      ))
  ) as f on true
  left join lateral (
    select j.id, n.phone = e.payload ->> 'To' as is_addressed
    from engine.jobs as j
    inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    inner join public.phone_numbers as n on c.team_id = n.team_id and c.phone_number_id = n.id
    where j.team_id = f.team_id and j.phone = s.phone and j.channel = 'text'
      and j.status = 'DISPATCHED' and j.reply_deadline is not null
      and (e.occurred_at is null or exists (
        select from engine.attempts as a
        where a.team_id = j.team_id and a.job_id = j.id and a.status = 'ACCEPTED' and a.begun_at <= e.occurred_at
      ))
    order by is_addressed desc, j.dispatched_at desc, j.id desc
    limit 1
  ) as w on true
$$;
comment on function engine.read_inbound_texts(engine.event_ref[]) is
'Waiting inbound texts: whose number they came to, what they say about consent, which job they answer.';
revoke all on function engine.read_inbound_texts(engine.event_ref[]) from public;

-- sql/40_functions/engine/read_vapi_event.sql
-- One event of Vapi's: see the reader of messages, and engine.read_events for many.
create or replace function engine.read_vapi_event(p_type text, p_payload jsonb)
returns engine.reading
language sql
stable
set search_path = ''
as $$
  select r.reading
  from engine.read_vapi_messages(array[p_type], array[engine.vapi_message(p_payload)]) as r
$$;
comment on function engine.read_vapi_event(text, jsonb) is
'What a Vapi server message (or a call object, type call) says about its job.';
revoke all on function engine.read_vapi_event(text, jsonb) from public;

-- sql/40_functions/engine/read_vapi_messages.sql
-- Reads Vapi server messages, or call objects that were asked for, without what they may be wrapped in. Only the report
-- after a call (or the ended call itself, when asked for) is final: it alone knows of bookings and opt-outs.
-- For a set, because a function for each message costs more than reading it, and the same few reasons end most calls.
create or replace function engine.read_vapi_messages(p_types text[], p_messages jsonb[])
returns table (ordinal bigint, reading engine.reading)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with told as materialized (
    select
      t.n, t.type, t.message, t.message ->> 'endedReason' as ended_reason, t.message ->> 'status' as status,
      t.message -> 'analysis' as analysis
    from unnest(p_types, p_messages) with ordinality as t (type, message, n)
  ),

  ends as materialized (
    select c.ended_reason, c.outcome, c.scope
    from engine.classify_ended_reasons(array(select distinct t.ended_reason from told as t)) as c
  )

  select t.n, case
    when t.type = 'end-of-call-report' or (t.type = 'call' and t.status = 'ended') then (
      'final',
      case
        -- Mostly nothing in it could be a yes, and nobody needs to look at the names.
        when t.analysis @? '$.structuredData.** ? (@ == true || @ == 1 || @.type() == "string")'
          and engine.says_opt_out(t.analysis -> 'structuredData') then 'opted_out'
        when t.analysis -> 'structuredData' @> '{"booked": true}' then 'booked'
        else e.outcome
      end,
      e.scope, coalesce(t.ended_reason, 'unknown'), t.analysis ->> 'summary'
    )::engine.reading
    when t.type = 'tool-calls' then case
      when engine.tools_mean(engine.tool_names(t.message), 'opt_out')
        then ('opt_out', null, 'job', 'tool_call', null)::engine.reading
      when engine.tools_mean(engine.tool_names(t.message), 'booking')
        then ('booking', 'booked', 'job', 'tool_call', null)::engine.reading
      else ('progress', null, 'job', null, null)::engine.reading
    end
    when t.type = 'status-update' and t.status = 'ended' then ('ended', null, 'job', t.ended_reason, null)::engine.reading
    when t.type in ('status-update', 'call') then ('progress', null, 'job', t.status, null)::engine.reading
    else ('ignored', null, 'job', null, null)::engine.reading
  end
  from told as t
  left join ends as e on t.ended_reason is not distinct from e.ended_reason;
end
$$;
comment on function engine.read_vapi_messages(text[], jsonb[]) is
'What Vapi messages (or call objects, type call) say about their jobs, by their place in the set.';
revoke all on function engine.read_vapi_messages(text[], jsonb[]) from public;

-- sql/40_functions/engine/record_dispatches.sql
-- What providers answered to the attempts that this worker began. Saying it twice changes nothing; an
-- event may have said it before. Jobs are locked in order of id.
create or replace function engine.record_dispatches(p_worker text, p_results jsonb)
returns table (attempt_id uuid, job_id uuid, job_status public.job_status)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_results engine.dispatch_result[] := array(
    select r
    from jsonb_populate_recordset(null::engine.dispatch_result, p_results) as r
    where r.verdict in ('accepted', 'refused', 'try_later', 'unknown')
  );
  -- The ledger is asked for these alone: one that was empty when the plan was made is not read from end to end.
  v_ids constant uuid[] := array(select r.attempt_id from unnest(v_results) as r);
  v_open engine.dispatch_result[];
begin
  if cardinality(v_results) <> jsonb_array_length(p_results) then
    perform engine.refuse(
      'OB001', 'Each result needs a verdict: accepted, refused, try_later or unknown.', '[]'
    );
  end if;
  perform engine.lock_jobs(array(select a.job_id from engine.attempts as a where a.id = any(v_ids)));

  v_open := array(
    select (
      (t.a).team_id, (t.a).job_id, (t.a).id, r.verdict, coalesce(r.scope, 'job'), r.code, r.message, r.provider_id,
      r.retry_after_seconds
    )::engine.dispatch_result
    from (select a from engine.attempts as a where a.id = any(v_ids) offset 0) as t
    inner join unnest(v_results) as r on (t.a).id = r.attempt_id
    where (t.a).worker = p_worker and (
      (t.a).status in ('OPEN', 'AMBIGUOUS') or (r.verdict = 'accepted' and engine.may_be_accepted(t.a))
    )
  );
  perform engine.accept_attempts(array(select r from unnest(v_open) as r where r.verdict = 'accepted'));
  perform engine.doubt_attempts(array(select r from unnest(v_open) as r where r.verdict = 'unknown'));
  perform engine.postpone_attempts(array(select r from unnest(v_open) as r where r.verdict = 'try_later'));
  perform engine.refuse_attempts(array(select r from unnest(v_open) as r where r.verdict = 'refused'));

  return query
  select a.id, a.job_id, j.status
  from (select t.id, t.team_id, t.job_id from engine.attempts as t where t.id = any(v_ids) offset 0) as a
  inner join unnest(v_results) as r on a.id = r.attempt_id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id;
end
$$;
comment on function engine.record_dispatches(text, jsonb) is
'Records providers'' answers: [{attempt_id, verdict, scope?, code?, message?, provider_id?, retry_after_seconds?}].';
revoke all on function engine.record_dispatches(text, jsonb) from public;
grant execute on function engine.record_dispatches(text, jsonb) to outbound_worker;

-- sql/40_functions/engine/refusal_outcome.sql
-- What a provider's refusal means for the person: a number that cannot be reached, an opt-out that the
-- provider knows of (a code of Twilio's), or a failure.
create or replace function engine.refusal_outcome(p_scope text, p_code text)
returns public.job_outcome
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_code = '21610' then 'opted_out'
    when p_scope = 'number' or engine.number_fault(p_code) is not null then 'undeliverable'
    else 'failed'
  end::public.job_outcome
$$;
comment on function engine.refusal_outcome(text, text) is 'Outcome of a job whose request was refused.';
revoke all on function engine.refusal_outcome(text, text) from public;

-- sql/40_functions/engine/resolve_attempts.sql
-- What the provider said when asked. Found: the attempt is accepted and the provider's object is read
-- like an event. Not found: only after a grace period, in which the provider may still be writing it
-- down, is that a no. Not answered, not yet the whole of it, or asked too early for what the answer would
-- do now: it is asked again.
create or replace function engine.resolve_attempts(p_worker text, p_results jsonb)
returns table (attempt_id uuid, job_id uuid, job_status public.job_status)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
declare
  v_answers engine.lookup_answer[] := engine.read_answers(p_results);
begin
  perform
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id
  order by j.id
  for update of j;

  perform engine.accept_attempts(array(
    select (a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'found when ' || p_worker || ' asked', l.provider_id, null)::engine.dispatch_result
    from unnest(v_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id and a.status = 'AMBIGUOUS'
    where l.found and l.provider_id is not null
  ));
  perform engine.ingest_event((
    select coalesce(jsonb_agg(jsonb_build_object(
      'provider', a.provider, 'event_key', concat_ws(':', 'lookup', a.id, md5(l.payload::text)),
      'provider_id', a.provider_id, 'attempt_id', a.id,
      'type', case a.provider when 'vapi' then 'call' else 'message' end, 'payload', l.payload
    )), '[]')
    from unnest(v_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id and a.status = 'ACCEPTED'
    where l.found and l.payload is not null and not engine.awaits_report(l.payload)
  ));
  perform engine.settle_silent_jobs(v_answers);
  perform engine.disprove_attempts(v_answers);
  -- Still open: ask again later.
  update engine.jobs as j
  set check_at = engine.now() + case
    when l.found is null or engine.awaits_report(l.payload) then interval '1 minute'
    when j.status = 'AMBIGUOUS' then interval '30 seconds'
    else engine.silence(j.channel)
  end
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  where j.team_id = a.team_id and j.id = a.job_id and j.status in ('DISPATCHED', 'AMBIGUOUS');

  return query
  select a.id, a.job_id, j.status
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id;
end
$$;
comment on function engine.resolve_attempts(text, jsonb) is
'Records lookups: [{attempt_id, found (true, false, null when it could not be asked), provider_id?, payload?, asked_at?}].';
revoke all on function engine.resolve_attempts(text, jsonb) from public;
grant execute on function engine.resolve_attempts(text, jsonb) to outbound_worker;

-- sql/40_functions/engine/run_tick_steps.sql
-- Does steps of the tick, functions of the engine without arguments, in order. Each is a subtransaction: what one of
-- them raises undoes that one and stops no other. It is warned of, told under its own name, and kept until it goes well.
create or replace function engine.run_tick_steps(p_steps text[])
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_step text;
  v_done jsonb;
  v_summary jsonb := '{}'::jsonb;
  v_failures jsonb := '[]'::jsonb;
begin
  -- A loop over steps: each is a function of its own.
  foreach v_step in array p_steps loop
    begin
      execute format('select to_jsonb(d) from engine.%I() as d', v_step) into v_done;
      v_summary := v_summary || jsonb_build_object(v_step, v_done);
    -- Whatever it is: no step may keep another from being done, and what is unforeseen has no list.
    exception when others then
      raise warning 'outbound: % of the tick failed: % (%)', v_step, sqlerrm, sqlstate;
      v_failures := v_failures || jsonb_build_object('step', v_step, 'subject', '', 'code', sqlstate, 'message', sqlerrm);
    end;
  end loop;
  perform engine.note_tick_failures(p_steps, v_failures);
  return v_summary || case
    when v_failures = '[]' then '{}'::jsonb
    else jsonb_build_object('failed', (select jsonb_agg(f.value -> 'step') from jsonb_array_elements(v_failures) as f))
  end;
end
$$;
comment on function engine.run_tick_steps(text[]) is
'Does steps of the tick, each by itself: {step: what it returned, failed?[step]}.';
revoke all on function engine.run_tick_steps(text[]) from public;

-- sql/40_functions/engine/says_opt_out.sql
-- Whether the structured data of a call's report says that the person opted out. What the field is called, and
-- how deep it lies, is up to whoever wrote the assistant, so every usual name counts at any depth; the value
-- must say yes, alone or before anything else ("Yes, she asked"). Values are looked at first: most say no, and names cost more.
-- engine.read_vapi_messages asks only where something could be such a value.
create or replace function engine.says_opt_out(p_data jsonb)
returns boolean
language plpgsql -- a function in SQL would be made ready for each report
immutable
parallel safe
set search_path = ''
as $$
begin
  return p_data @? '$.** ? (@.type() == "object").keyvalue()
    ? (@.value == true || @.value == 1 || @.value like_regex "^[^a-z0-9]*(true|yes|y|1)([^a-z0-9]|$)" flag "i")
    ? (@.key like_regex "^((has|is|was|wants?|wants_to|asked|asked_to|requested)?_?(opt(ed)?_?out|dnc|(do_?not|dont|stop)_?(call(ing)?|contact(ing)?|text(ing)?|messag(e|ing))|unsubscribed?|remove_?(me|from_?(the_?|our_?)?(call(ing)?_?)?list)|take_?me_?off(_?(the_?|our_?)?list)?|revoked?(_?consent)?)(_?(request(ed)?|list))?)$" flag "i")';
end
$$;
comment on function engine.says_opt_out(jsonb) is 'Whether structured data holds an opt-out, under any of the usual names and at any depth.';
revoke all on function engine.says_opt_out(jsonb) from public;

-- sql/40_functions/engine/sending_hold.sql
-- What has been taken from a running campaign that its calls or texts can't do without: they wait until it is back, all
-- of the channel. Asked by the gate, once for each campaign of a batch, and before jobs are picked at all, so that what
-- waits does not hide what is due behind it. It would keep the campaign from being launched or resumed as well
-- (engine.launch_blockers). What is not there is as good as taken away.
create or replace function engine.sending_hold(
  p_team_id uuid, p_workflow_id uuid, p_phone_number_id uuid, p_channel public.contact_channel
)
returns text
language plpgsql -- whose plan is kept: a claim asks this for each campaign that has something due
stable
set search_path = ''
as $$
begin
  return case
    when not exists (
      select
      from public.phone_numbers as f
      where f.team_id = p_team_id and f.id = p_phone_number_id
        and case p_channel when 'call' then f.is_verified_for_calls else f.is_verified_for_texts end
    ) then 'number_not_verified'
    when exists (
      select
      from engine.nodes_without_assistant(p_team_id, p_workflow_id) as n
      where n.type::text = p_channel::text
    ) then 'assistant_inactive'
  end;
end
$$;
comment on function engine.sending_hold(uuid, uuid, uuid, public.contact_channel) is
'Why what a campaign would send on a channel waits: number_not_verified, assistant_inactive, or null.';
revoke all on function engine.sending_hold(uuid, uuid, uuid, public.contact_channel) from public;

-- sql/40_functions/engine/settle_silent_jobs.sql
-- What the provider keeps calling unfinished. Some carriers never confirm delivery: a text that has been
-- "sent" for a day is taken as delivered. A call that has gone on for six hours, or a text that has been
-- queued for two days, is not coming to an end, and must not hold a line for ever.
create or replace function engine.settle_silent_jobs(p_answers engine.lookup_answer[])
returns void
language sql
volatile
set search_path = ''
as $$
  select engine.end_unheard(array(
    select (
      a.provider, null, j.team_id, a.id, j.id, ('final', s.outcome, 'job', s.reason_code, null)::engine.reading
    )::engine.event_reading
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id and j.status = 'DISPATCHED'
    inner join (
      values
      ('text'::public.contact_channel, true, interval '1 day', 'delivered'::public.job_outcome, 'sent_unconfirmed'),
      ('text', false, interval '2 days', 'failed', 'never_sent'),
      ('call', false, interval '6 hours', 'failed', 'never_ended')
    ) as s (channel, is_sent, patience, outcome, reason_code)
      on j.channel = s.channel and s.is_sent = (coalesce(l.payload ->> 'status', '') = 'sent')
    where l.found and j.reply_deadline is null and j.dispatched_at <= engine.now() - s.patience
  ))
$$;
comment on function engine.settle_silent_jobs(engine.lookup_answer[]) is
'Ends dispatched jobs that the provider has been calling unfinished for too long.';
revoke all on function engine.settle_silent_jobs(engine.lookup_answer[]) from public;

-- sql/40_functions/engine/store_events.sql
-- Puts events into the inbox and returns those that were not in it yet; one without a job waits for its attempt.
-- The jobs that events are about are locked first, in order of id, so that two deliveries of one event, or
-- an event and the worker's own answer, take turns; so an event is written once, as what became of it.
create or replace function engine.store_events(p_told engine.events[])
returns engine.told_event[]
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.now();
  v_sources constant engine.event_source[] := array(
    select (e.provider, e.event_key, e.attempt_id, e.provider_id, e.secret_name)::engine.event_source
    from unnest(p_told) as e
    where e.type <> 'inbound'
  );
  v_jobs constant uuid[] := array(select f.job_id from engine.find_attempts(v_sources) as f);
  v_stored engine.told_event[];
begin
  perform engine.lock_jobs(v_jobs);

  -- Looked for again: what another transaction told while the locks were waited for counts.
  with found as materialized (
    select f.* from engine.find_attempts(v_sources) as f
  ),

  stored as (
    insert into engine.events (
      provider, event_key, team_id, attempt_id, provider_id, secret_name, type, payload, occurred_at, received_at,
      applied_at, result
    )
    select
      t.provider, t.event_key, f.team_id, coalesce(f.attempt_id, t.attempt_id), t.provider_id, t.secret_name, t.type,
      t.payload, t.occurred_at, v_now, case when f.attempt_id is not null then v_now end,
      case when f.attempt_id is null then 'waiting' else 'applied' end
    from unnest(p_told) as t
    left join found as f on t.provider = f.provider and t.event_key = f.event_key
    on conflict on constraint events_pk do nothing
    returning provider, event_key, team_id, attempt_id, provider_id, type, payload
  )

  select coalesce(array_agg((
    s.provider, s.event_key, s.team_id, s.attempt_id, f.job_id, f.attempt_status, s.provider_id, s.type, s.payload
  )::engine.told_event), '{}')
  into v_stored
  from stored as s
  left join found as f on s.provider = f.provider and s.event_key = f.event_key;
  perform engine.lock_jobs(array(select s.job_id from unnest(v_stored) as s except select j.id from unnest(v_jobs) as j (id)));
  return v_stored;
end
$$;
comment on function engine.store_events(engine.events[]) is
'Stores events that are not in the inbox yet, with the jobs of their attempts locked; returns them.';
revoke all on function engine.store_events(engine.events[]) from public;

-- sql/40_functions/engine/tick.sql
-- All that time alone changes, in one transaction: for a sandbox whose clock jumps, and for workers of 0.1.0, which know
-- no parts. pg_cron and workers call the parts, each in a transaction of its own, so that a long launch holds up nobody.
create or replace function engine.tick()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_work jsonb := engine.tick_work();
  v_launches jsonb := engine.tick_launches();
  v_upkeep jsonb := engine.tick_upkeep();
  v_failed jsonb := coalesce(v_work -> 'failed', '[]') || coalesce(v_launches -> 'failed', '[]') || coalesce(v_upkeep -> 'failed', '[]');
begin
  return v_work || v_launches || v_upkeep || case when v_failed = '[]' then '{}' else jsonb_build_object('failed', v_failed) end;
end
$$;
comment on function engine.tick() is 'Does what time alone changes, all of it, and returns what it did. Idempotent.';
revoke all on function engine.tick() from public;
grant execute on function engine.tick() to outbound_worker;

-- sql/40_functions/engine/tick_lag.sql
-- Whether the tick is done, whoever calls it, by what it leaves undone: how long the oldest thing that time alone changes
-- has been overdue, and how many of the tick's steps fail.
create or replace function engine.tick_lag()
returns table (lag_seconds double precision, failing_steps bigint)
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select
    greatest(extract(epoch from engine.now() - least(
      (select min(j.lease_expires_at) from engine.jobs as j where j.status = 'CLAIMED'),
      (select min(j.reply_deadline) from engine.jobs as j where j.status = 'DISPATCHED'),
      -- What the tick tried in vain is no lag: it counts among the failures.
      (
        select min(c.scheduled_at) from public.campaigns as c
        where c.status = 'SCHEDULED' and not exists (
          select from engine.tick_failures as f where f.step = 'launch_campaign' and f.subject = c.id::text
        )
      ),
      (
        select min(s.next_run_at) from public.audience_schedules as s
        where s.is_enabled and not exists (
          select from engine.tick_failures as f where f.step = 'follow_schedule' and f.subject = s.list_id::text
        )
      )
    )), 0)::double precision,
    (select count(*) from engine.tick_failures)
$$;
comment on function engine.tick_lag() is
'Campaign seconds for which an expired lease, a reply window, a scheduled launch or a refresh has waited for the tick; steps that fail.';
revoke all on function engine.tick_lag() from public;
grant execute on function engine.tick_lag() to outbound_worker;

-- sql/40_functions/engine/tick_launches.sql
-- The part of the tick that launches scheduled campaigns: a list of a million takes a minute, and its locks are kept as
-- long. In a transaction of its own nobody else's work waits for that.
create or replace function engine.tick_launches()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_done jsonb := engine.run_tick_steps(array['launch_scheduled_campaigns']);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'campaigns_launched', v_done -> 'launch_scheduled_campaigns', 'failed', v_done -> 'failed'
  ));
end
$$;
comment on function engine.tick_launches() is 'Launches scheduled campaigns that are due; returns how many. Idempotent.';
revoke all on function engine.tick_launches() from public;
grant execute on function engine.tick_launches() to outbound_worker;

-- sql/40_functions/engine/tick_upkeep.sql
-- The part of the tick that keeps tables small and reading quick; nobody waits for it, and it may fall behind. The
-- counters are folded last, because nothing may wait for what that locks.
create or replace function engine.tick_upkeep()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_done jsonb := engine.run_tick_steps(array[
    'drop_old_slots', 'index_contacts', 'archive_finished', 'drop_old_history', 'drop_old_work', 'fold_counters'
  ]);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'contacts_indexed', v_done -> 'index_contacts', 'enrollments_archived', v_done -> 'archive_finished',
    'history_months_dropped', v_done -> 'drop_old_history', 'counters_folded', v_done -> 'fold_counters',
    'failed', v_done -> 'failed'
  ));
end
$$;
comment on function engine.tick_upkeep() is 'Archives, indexes and folds what has come together; returns how much. Idempotent.';
revoke all on function engine.tick_upkeep() from public;
grant execute on function engine.tick_upkeep() to outbound_worker;

-- sql/40_functions/engine/tick_work.sql
-- The part of the tick that people and workers wait for: leases, news, the end of waiting, schedules. Every step is
-- short and takes a limited number of rows; what may take longer is in the other parts, in transactions of their own.
-- Safe to run twice at once: rows that another tick holds are skipped.
create or replace function engine.tick_work()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_done jsonb := engine.run_tick_steps(array[
    'expire_leases', 'apply_waiting_events', 'close_reply_windows', 'complete_campaigns', 'expire_tasks', 'fail_stale_runs',
    'queue_due_schedules', 'queue_watches'
  ]);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'leases_expired', v_done -> 'expire_leases', 'events_waited', v_done -> 'apply_waiting_events',
    'reply_windows_closed', v_done -> 'close_reply_windows', 'campaigns_completed', v_done -> 'complete_campaigns',
    'tasks_expired', v_done -> 'expire_tasks', 'runs_abandoned', v_done -> 'fail_stale_runs',
    'runs_queued', v_done -> 'queue_due_schedules' -> 'queued_count',
    'runs_skipped', v_done -> 'queue_due_schedules' -> 'skipped_count', 'looks_queued', v_done -> 'queue_watches',
    'failed', v_done -> 'failed'
  ));
end
$$;
comment on function engine.tick_work() is 'Does what time alone changes and others wait for; returns what it did. Idempotent.';
revoke all on function engine.tick_work() from public;
grant execute on function engine.tick_work() to outbound_worker;

-- sql/40_functions/engine/write_attempts.sql
-- The attempt of each job: what is asked of which provider, written before it is asked. The caller holds the jobs and
-- has asked the gate under all the locks of a beginning.
create or replace function engine.write_attempts(p_worker text, p_job_ids uuid[])
returns table (
  team_id uuid, attempt_id uuid, job_id uuid, attempt_number integer, provider text,
  secret_name text, account_ref text, request jsonb
)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.now();
  v_ids constant uuid[] := array(select i.id from engine.new_ids(cardinality(p_job_ids)) as i order by i.ordinal);
begin
  return query
  with asked as materialized (
    select v_ids[r.ordinality] as id, r.*
    from engine.build_requests(p_job_ids) with ordinality as r
  ),

  begun as (
    insert into engine.attempts (
      team_id, id, job_id, attempt_number, provider, worker, request, begun_at, phone, phone_number_id
    )
    select
      k.team_id, k.id, k.job_id,
      1 + coalesce((
        select max(a.attempt_number) from engine.attempts as a where a.team_id = k.team_id and a.job_id = k.job_id
      ), 0),
      k.provider, p_worker, k.request, v_now, k.phone, k.phone_number_id
    from asked as k
    returning id, attempt_number
  )

  select
    k.team_id, k.id, k.job_id, b.attempt_number, k.provider::text, k.secret_name, k.account_ref, k.request
  from begun as b
  inner join asked as k on b.id = k.id;
end
$$;
comment on function engine.write_attempts(text, uuid[]) is
'Writes an attempt for each job, and returns what to ask of which provider.';
revoke all on function engine.write_attempts(text, uuid[]) from public;

-- sql/40_functions/explain/tell_enrollment.sql
-- How somebody came into a campaign's list and into the campaign, and how that ended.
create or replace function engine.tell_enrollment(p_campaign public.campaigns, p_contact_id uuid)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select m.added_at, -2, 1, 'list', 'The contact came into the list.', jsonb_build_object('list_id', m.list_id)
  from public.audience_members as m
  where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id and m.contact_id = p_contact_id
  union all
  select l.at, l.job_no, 9, l.kind, l.message, jsonb_build_object('enrollment_id', e.id, 'status', l.status, 'reason_code', l.reason_code)
  from engine.enrollments as e
  cross join lateral (
    select min(j.created_at) as begun_at, min(j.created_at) filter (where j.visit = 1) as first_at
    from engine.all_jobs as j
    where j.team_id = e.team_id and j.enrollment_id = e.id
  ) as b
  cross join lateral (
    select
      e.ended_at is not distinct from e.enrolled_at and b.begun_at is null as is_left_out,
      -- Taken up by a retry instead of another number of hers that proved dead: whoever is enrolled otherwise has her first
      -- job at that moment.
      e.retry_count > 0 and b.begun_at = b.first_at and b.begun_at > e.enrolled_at as is_late
  ) as o
  cross join lateral (values
    (e.enrolled_at, 0, 'enrollment', 'ACTIVE', null, 'The contact was enrolled.', not o.is_left_out and o.is_late is not true),
    (
      e.enrolled_at, 0, 'enrollment', 'SUPPRESSED', 'same_customer',
      'The contact was left out: ' || engine.tell_reason('same_customer'), o.is_late
    ),
    (
      e.reopened_at, 1000000, 'reopened', 'ACTIVE', null,
      case
        when o.is_late and e.retry_count = 1 then 'The contact was taken up instead of the customer''s other number.'
        else format('The failed journey was opened again (%s), with a whole budget of retries.', e.retry_count)
      end, e.reopened_at is not null
    ),
    (
      e.ended_at, 1000000, 'end', e.status::text, e.reason_code,
      case when o.is_left_out then 'The contact was left out' else format('The journey ended as %s', e.status) end
      || ': ' || engine.tell_reason(e.reason_code), e.ended_at is not null
    )
  ) as l (at, job_no, kind, status, reason_code, message, is_so)
  where l.is_so and e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.contact_id = p_contact_id
$$;
comment on function engine.tell_enrollment(public.campaigns, uuid) is
'Lines for the list {list_id}, the enrollment, its being opened again and its end {enrollment_id, status, reason_code}.';
revoke all on function engine.tell_enrollment(public.campaigns, uuid) from public;

-- sql/40_functions/explain/tell_launch.sql
-- What the launch of a campaign will do with somebody who is in its list: judged by what enrolls.
create or replace function engine.tell_launch(p_campaign public.campaigns, p_contact_id uuid, p_timezone text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'launch', 'at', p_campaign.scheduled_at, 'decision', case when j.reason_code is null then 'enroll' else 'leave_out' end,
    'reason_code', j.reason_code,
    'message', format(
      'Would be %s when the campaign %s%s', case when j.reason_code is null then 'enrolled' else 'left out' end,
      case
        when p_campaign.status = 'SCHEDULED' then 'starts on ' || engine.tell_moment(p_campaign.scheduled_at, p_timezone)
        else 'is launched'
      end,
      coalesce(': ' || engine.tell_reason(j.reason_code), '.')
    )
  )
  from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e
  cross join lateral engine.judge_members(p_campaign, e.channel, array(
    -- With her other numbers in the list, of which the launch takes one.
    select o.contact_id
    from public.contacts as c
    cross join lateral engine.same_customers(c.team_id, array[(1, c.id, c.phone, c.servicetitan_customer_id)::engine.candidate]) as o
    inner join public.audience_members as m
      on c.team_id = m.team_id and m.list_id = p_campaign.list_id and o.contact_id = m.contact_id
    where c.team_id = p_campaign.team_id and c.id = p_contact_id
    union all
    select p_contact_id
  )) as j
  where j.contact_id = p_contact_id and p_campaign.status in ('CREATED', 'SCHEDULED') and exists (
    select from public.audience_members as m
    where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id and m.contact_id = p_contact_id
  )
$$;
comment on function engine.tell_launch(public.campaigns, uuid, text) is
'{kind: launch, at, decision: enroll or leave_out, reason_code, message} for a member of a campaign that has not begun; else null.';
revoke all on function engine.tell_launch(public.campaigns, uuid, text) from public;

-- sql/40_functions/history/drop_old_work.sql
-- What people were enrolled for in ServiceTitan, and whether it was cancelled, as long as anything may come of it. Of a
-- campaign that is over it goes after the history, without which nobody's journey is opened again; those of campaigns
-- that run are looked through by each watch (engine.start_watch). A job goes when no refresh has matched it for as long
-- and nobody is enrolled for it; one that is needed is looked at again after that time. A batch at each tick; what is
-- locked is left to a later one.
create or replace function engine.drop_old_work(p_limit integer default 5000)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_before constant timestamptz := engine.work_kept_since();
  v_bound integer;
  v_known integer;
begin
  delete from engine.enrollment_work as b
  using (
    select w.team_id, w.enrollment_id, w.kind
    from public.campaigns as c
    inner join engine.enrollment_work as w on c.team_id = w.team_id and c.id = w.campaign_id
    where c.ended_at < v_before and not exists (
      select from engine.enrollments as e where e.team_id = c.team_id and e.campaign_id = c.id and e.status = 'ACTIVE'
    )
    limit p_limit
    for update of w skip locked
  ) as o
  where b.team_id = o.team_id and b.enrollment_id = o.enrollment_id and b.kind = o.kind;
  get diagnostics v_bound = row_count;

  with old as materialized (
    select w.team_id, w.kind, w.id, exists (
      select from engine.enrollment_work as b where b.team_id = w.team_id and b.kind = w.kind and b.servicetitan_id = w.id
    ) as is_needed
    from engine.servicetitan_work as w
    where w.kept_at < v_before
    order by w.kept_at
    limit p_limit
    for update skip locked
  ),

  kept as (
    update engine.servicetitan_work as w
    set kept_at = engine.now()
    from old as o
    where o.is_needed and w.team_id = o.team_id and w.kind = o.kind and w.id = o.id
  )

  delete from engine.servicetitan_work as w
  using old as o
  where not o.is_needed and w.team_id = o.team_id and w.kind = o.kind and w.id = o.id;
  get diagnostics v_known = row_count;
  return v_bound + v_known;
end
$$;
comment on function engine.drop_old_work(integer) is
'Removes what nobody is enrolled for any more of the jobs and appointments of ServiceTitan; returns how many rows.';
revoke all on function engine.drop_old_work(integer) from public;

-- sql/40_functions/history/work_kept_since.sql
-- What people were enrolled for outlives their history, which goes by whole months: as long as a journey can be opened
-- again it is known what cancels it. A month more, because a job that is matched all the time says so once a month.
create or replace function engine.work_kept_since()
returns timestamptz
language sql
stable
set search_path = ''
as $$
  select engine.now() - d.history_retention - interval '2 months' from engine.deployment as d
$$;
comment on function engine.work_kept_since() is
'What ended or was last matched before this moment nobody can need any more of what people were enrolled for.';
revoke all on function engine.work_kept_since() from public;

-- sql/40_functions/jobs/job_refusal.sql
-- Whether an operator may retry or cancel a job: the one place that knows, for the RPCs and for what
-- get_job says is allowed. What has failed is tried again only where the journey ended with it.
create or replace function engine.job_refusal(p_job engine.jobs, p_action text)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when p_action = 'cancel' and p_job.status in ('READY', 'CLAIMED') then case
      when engine.has_live_attempt(p_job.team_id, p_job.id) then 'Its request may be out already; what has begun finishes and is counted.'
    end
    when p_action = 'cancel' and p_job.finished_at is null then 'A provider may have it; what has begun finishes and is counted.'
    when p_action = 'cancel' then format('It is over already: %s.', p_job.status)
    when p_job.status = 'READY' then case
      when p_job.run_at <= engine.now() then 'It is due already.'
      when p_job.due_at > engine.now() then 'It waits for its time, not for another try.'
    end
    when p_job.finished_at is null then 'It is under way.'
    when p_job.status <> 'FAILED' then format('It has not failed: %s.', p_job.status)
    when not exists (
      select from engine.enrollments as e
      where e.team_id = p_job.team_id and e.id = p_job.enrollment_id and e.status = 'FAILED'
    ) then 'Its journey did not end with it.'
    when exists (
      select from engine.enrollments as e
      where e.team_id = p_job.team_id and e.id = p_job.enrollment_id and e.booked_at is not null
    ) then 'The person has booked since.'
    when exists (
      select from public.campaigns as c
      cross join lateral engine.passed_over(c, array[p_job.enrollment_id]) as o (id)
      where c.team_id = p_job.team_id and c.id = p_job.campaign_id
    ) then 'Another number of the customer has the place since, or gets it with a retry of what failed.'
    when exists (
      select from engine.all_jobs as j
      where j.team_id = p_job.team_id and j.enrollment_id = p_job.enrollment_id and (j.created_at, j.id) > (p_job.created_at, p_job.id)
    ) then 'A later job of its journey failed.'
  end
$$;
comment on function engine.job_refusal(engine.jobs, text) is 'Why an action (retry, cancel) is not open to a job, as a sentence; null when it is.';
revoke all on function engine.job_refusal(engine.jobs, text) from public;

-- sql/40_functions/jobs/retry_job.sql
-- Another try, now: of a job that waits for one (the gate judges it as every other), or of one that failed and
-- ended its journey, which goes on with a new visit as with retry_failed_enrollments.
create or replace function public.retry_job(p_job_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes the engine, which no role may write; engine.take_job asks engine.require_role
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_job engine.jobs := engine.require_job(p_job_id, 'operator');
  v_campaign public.campaigns;
  v_run_at timestamptz := date_trunc('second', engine.now());
begin
  -- Campaigns come before jobs in the order of locks.
  if v_job.status = 'FAILED' then
    if not v_dry_run then
      perform engine.hold_places(v_job.team_id, v_job.campaign_id);
    end if;
    v_campaign := engine.take_campaign(v_job.campaign_id, 'retry', v_dry_run);
  end if;
  v_job := engine.take_job(p_job_id, 'retry', 'READY', v_dry_run);
  if v_job.status = 'FAILED' and v_campaign.id is null then
    -- It was under way a moment ago, and its campaign can't be taken behind it.
    perform engine.refuse(
      'OB002', 'It has failed just now.',
      jsonb_build_object(
        'entity', 'job', 'id', v_job.id, 'from', v_job.status, 'to', 'READY', 'action', 'retry',
        'allowed', engine.legal_steps('job', v_job.status::text)
      ),
      'Ask again.'
    );
  end if;
  if v_job.status = 'FAILED' and not v_dry_run then
    perform engine.reopen_campaign(v_campaign);
    perform engine.reopen_enrollments(v_campaign, null, array[v_job.enrollment_id]);
    select j.run_at into v_run_at
    from engine.jobs as j
    where j.team_id = v_job.team_id and j.enrollment_id = v_job.enrollment_id and j.status = 'READY';
  elsif not v_dry_run then
    update engine.jobs as j
    set run_at = v_run_at
    where j.team_id = v_job.team_id and j.id = v_job.id;
    perform pg_notify('outbound_jobs', v_job.channel::text);
  end if;
  return engine.tell_job_step(
    v_job, 'READY', v_dry_run,
    case
      when v_job.status = 'FAILED' then format(
        'The %s to %s %s tried again as a new visit of its node, with a whole budget of retries.', v_job.channel, v_job.phone,
        engine.tense(v_dry_run)
      )
      else format(
        'The %s to %s, which waited for another try, %s due now; the gate has the last word.', v_job.channel, v_job.phone,
        engine.tense(v_dry_run)
      )
    end,
    case when v_job.status <> 'FAILED' or not v_dry_run then v_run_at end
  );
end
$$;
comment on function public.retry_job(uuid, boolean) is
'Tries a job again that waits for another try, or that failed and ended its journey (a new job is made): {job_id, '
'enrollment_id, from, to, dry_run, at, message, run_at}. With p_dry_run nothing changes. OB002, OB004, OB007, OB008.';
revoke all on function public.retry_job(uuid, boolean) from public;
grant execute on function public.retry_job(uuid, boolean) to authenticated, service_role;

-- sql/40_functions/outreach/done_items.sql
-- What was done, or is about to be, for pieces of work that their hashes name: what was cancelled was not, and where a
-- number was only found to be dead another one may have the place. An item whose hold is under way has it.
create or replace function engine.done_items(p_team_id uuid, p_hashes bytea[])
returns table (
  dedupe_hash bytea, item_id uuid, outreach_id uuid, campaign_id uuid, enrollment engine.enrollments, has_place boolean
)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  select i.dedupe_hash, i.id, i.outreach_id, i.campaign_id, e, e.id is null or engine.takes_place(e)
  from (select distinct h.hash from unnest(p_hashes) as h (hash)) as a
  cross join lateral (
    select k.*
    from public.outreach_items as k
    where k.team_id = p_team_id and k.dedupe_hash = a.hash and k.status <> 'CANCELLED'
    offset 0 -- looked up for each by its key, whatever statistics say
  ) as i
  left join engine.enrollments as e
    on e.team_id = p_team_id and i.campaign_id = e.campaign_id and i.contact_id = e.contact_id;
end
$$;
comment on function engine.done_items(uuid, bytea[]) is
'The items of outreaches with these hashes, their enrollments (null before), and whether each has the customer''s place.';
revoke all on function engine.done_items(uuid, bytea[]) from public;

-- sql/40_functions/outreach/end_hold.sql
-- What came of a hold: the customer is contacted, or listed with the reason why not. In a campaign that was cancelled
-- meanwhile nothing is tried again, so a hold that failed there keeps nobody from another outreach. The caller holds
-- the item, which a cancel waits for or has had.
create or replace function engine.end_hold(p_item public.outreach_items, p_outcome text, p_message text)
returns public.outreach_item_status
language plpgsql
set search_path = ''
as $$
declare
  v_lets_contact boolean := (select h.lets_contact from reference.hold_outcomes as h where h.code = p_outcome);
  v_failed constant public.outreach_item_status := case
    when exists (
      select from public.campaigns as c
      where c.team_id = p_item.team_id and c.id = p_item.campaign_id and c.status = 'CANCELLED'
    ) then 'CANCELLED'::public.outreach_item_status else 'HOLD_FAILED'
  end;
begin
  update public.outreach_items as i
  set
    hold_outcome = p_outcome, hold_message = left(nullif(btrim(p_message), ''), 2000), hold_ended_at = engine.now(),
    status = case when v_lets_contact then i.status else v_failed end
  where i.team_id = p_item.team_id and i.id = p_item.id;
  if v_lets_contact then
    return engine.enroll_item(p_item);
  end if;
  return v_failed;
end
$$;
comment on function engine.end_hold(public.outreach_items, text, text) is
'Stores the outcome of a hold and enrolls the contact if it lets; returns the status of the item.';
revoke all on function engine.end_hold(public.outreach_items, text, text) from public;

-- sql/40_functions/outreach/fill_outreach.sql
-- The items of an outreach that has just been stored. Launches of a team go one by one (engine.lock_outreaches), so what
-- is planned as new is new; the unique index on the hashes is the second fence. Who needs no hold is enrolled at once; for
-- the others the holds are queued.
create or replace function engine.fill_outreach(p_list public.audience_lists, p_outreach public.outreaches)
returns void
language plpgsql
set search_path = ''
set jit = off
as $$
declare
  c_chunk constant integer := 10000;
  v_campaign public.campaigns;
  v_contact_ids uuid[];
begin
  with stored as (
    insert into public.outreach_items (
      team_id, outreach_id, campaign_id, contact_id, phone, servicetitan_customer_id, servicetitan_job_id,
      servicetitan_appointment_id, dedupe_hash, status, enrolled_at, hold_count
    )
    select
      p_list.team_id, p_outreach.id, p_outreach.campaign_id, p.contact_id, p.phone, p.servicetitan_customer_id,
      p.servicetitan_job_id, p.servicetitan_appointment_id, p.dedupe_hash,
      case when k.is_held then 'HOLDING' else 'ENROLLED' end::public.outreach_item_status,
      case when not k.is_held then engine.now() end, k.is_held::integer
    from engine.plan_outreach(p_list, p_outreach.kind, p_outreach.channel, p_outreach.id) as p
    cross join (select p_outreach.kind = 'reschedule' as is_held) as k
    where not p.is_left_out and p.item_id is null
    returning contact_id
  )

  select coalesce(array_agg(s.contact_id order by s.contact_id), '{}') into v_contact_ids from stored as s;
  if p_outreach.kind = 'reschedule' then
    v_contact_ids := engine.lock_unreachable(p_list.team_id, p_outreach.channel, v_contact_ids);
    update public.outreach_items as i
    set status = 'ENROLLED', enrolled_at = engine.now(), hold_count = 0
    where i.team_id = p_list.team_id and i.outreach_id = p_outreach.id and i.contact_id = any(v_contact_ids);
  end if;
  select c.* into v_campaign
  from public.campaigns as c
  where c.team_id = p_list.team_id and c.id = p_outreach.campaign_id;
  -- In chunks, as enroll_members does; nobody else sees the campaign yet.
  for v_from in 1..cardinality(v_contact_ids) by c_chunk loop
    perform engine.store_enrollments(v_campaign, v_contact_ids[v_from:v_from + c_chunk - 1]);
  end loop;
  perform engine.add_task(i.team_id, 'hold', i.id)
  from public.outreach_items as i
  where i.team_id = p_list.team_id and i.outreach_id = p_outreach.id and i.status = 'HOLDING';
end
$$;
comment on function engine.fill_outreach(public.audience_lists, public.outreaches) is
'Stores the items of an outreach, enrolls who needs no hold, and queues the holds.';
revoke all on function engine.fill_outreach(public.audience_lists, public.outreaches) from public;

-- sql/40_functions/outreach/launch_outreach.sql
-- A launch straight from a list's scheduling dialog. The list, and then all launches of the team, are locked before
-- anything is looked at, so that of two operators who press at once, over one list or over two that share customers, the
-- second sees what the first did.
create or replace function public.launch_outreach(
  p_list_id uuid,
  p_kind text,
  p_channel text,
  p_phone_number_id uuid,
  p_assistant_id uuid default null,
  p_template text default null,
  p_hold_reason_id bigint default null,
  p_hold_memo text default null,
  p_name text default null,
  p_settings jsonb default '{}',
  p_dry_run boolean default false,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes the outreach, campaign and workflow tables, which no role may write
set search_path = ''
set statement_timeout = '10min' -- as of launch_campaign
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_outreach public.outreaches;
  v_issues jsonb;
  v_blockers jsonb;
  v_answer jsonb;
begin
  if p_team_id <> v_list.team_id then
    perform engine.refuse_not_found('audience_list', p_list_id);
  end if;
  if not v_dry_run then
    select l.* into v_list from public.audience_lists as l
    where l.team_id = v_list.team_id and l.id = v_list.id
    for no key update;
    perform engine.lock_outreaches(v_list.team_id);
  end if;
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse_archived_list(v_list.id);
  end if;
  v_issues := engine.outreach_issues(
    v_list.team_id, p_kind, p_channel, p_phone_number_id, p_hold_reason_id, p_hold_memo, p_name
  );
  if p_channel in ('call', 'text') then
    v_issues := v_issues
      || engine.outreach_content_issues(v_list.team_id, p_channel, p_assistant_id, p_template, p_settings);
  end if;
  perform engine.refuse_issues(v_issues, 'The outreach');
  v_outreach.kind := p_kind::public.outreach_kind;
  v_outreach.channel := p_channel::public.contact_channel;
  v_outreach.hold_reason_id := p_hold_reason_id;
  v_outreach.hold_memo := btrim(p_hold_memo, E' \t\r\n');
  v_blockers := engine.outreach_blockers(v_list, v_outreach.kind, v_outreach.channel, p_phone_number_id);
  if v_blockers <> '[]' and not v_dry_run then
    perform engine.refuse(
      'OB007', format('The outreach is not ready: %s', v_blockers -> 0 ->> 'message'),
      jsonb_build_object('blockers', v_blockers), 'Mend what the detail lists, then launch again.'
    );
  end if;
  v_answer := engine.sum_outreach(v_list, v_outreach.kind, v_outreach.channel, null);
  -- Nothing new: nothing is made, and the answer names what exists.
  if not v_dry_run and (v_answer -> 'counts' ->> 'items')::bigint > 0 then
    v_outreach := engine.store_outreach(
      v_list, v_outreach, coalesce(btrim(p_name), left(initcap(p_kind) || ': ' || v_list.name, 200)), p_phone_number_id,
      engine.outreach_graph(p_channel, p_kind, p_assistant_id, p_template, p_settings)
    );
    perform engine.fill_outreach(v_list, v_outreach);
    v_answer := engine.sum_outreach(v_list, v_outreach.kind, v_outreach.channel, v_outreach.id);
  end if;
  return jsonb_build_object(
    'outreach_id', v_outreach.id, 'campaign_id', v_outreach.campaign_id, 'dry_run', v_dry_run, 'blockers', v_blockers
  ) || v_answer;
end
$$;
comment on function public.launch_outreach(
  uuid, text, text, uuid, uuid, text, bigint, text, text, jsonb, boolean, uuid
) is
'Launches maintenance, reschedule or text over a list: {outreach_id, campaign_id (both null when all are duplicates), dry_run, '
'blockers, counts{members, items, duplicates, without_appointment, same_customer, suppressed, holds}, duplicates[{contact_id, phone, item_id, '
'outreach_id, status, dedupe_hash}], left_out[{contact_id, phone, code, message}]}. OB001, OB003, OB004, OB007.';
revoke all on function public.launch_outreach(
  uuid, text, text, uuid, uuid, text, bigint, text, text, jsonb, boolean, uuid
) from public;
grant execute on function public.launch_outreach(
  uuid, text, text, uuid, uuid, text, bigint, text, text, jsonb, boolean, uuid
) to authenticated, service_role;

-- sql/40_functions/outreach/lock_outreaches.sql
-- Of two lists that have a customer under two numbers, the hashes would not tell: a team's launches go one by one, and so
-- does who tries again in a campaign of an outreach.
create or replace function engine.lock_outreaches(p_team_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat('outreach ', p_team_id), 0));
end
$$;
comment on function engine.lock_outreaches(uuid) is
'Keeps everybody else from deciding what a team''s outreaches do, until the end of the transaction.';
revoke all on function engine.lock_outreaches(uuid) from public;

-- sql/40_functions/outreach/outreach_blockers.sql
-- What stands in the way of an outreach, as engine.launch_blockers says it of a campaign.
create or replace function engine.outreach_blockers(
  p_list public.audience_lists, p_kind public.outreach_kind, p_channel public.contact_channel, p_phone_number_id uuid
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with found as (
    select 3 as n, 'list_empty' as code, 'The audience list has no members.' as message
    where not exists (
      select from public.audience_members as m where m.team_id = p_list.team_id and m.list_id = p_list.id
    )
    union all
    -- The appointment of that id is a stranger's here.
    select 4, 'list_of_another_account', 'The list was filled before another ServiceTitan account was connected; refresh it.'
    from engine.account_changes as a
    inner join public.integrations as i on a.team_id = i.team_id and a.integration_id = i.id and i.provider = 'servicetitan'
    where p_kind = 'reschedule' and a.team_id = p_list.team_id and not exists (
      select from public.audience_runs as r
      where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status in ('SUCCEEDED', 'PARTIAL')
        and r.started_at >= a.changed_at
    )
    union all
    select b.n, b.code, b.message
    from engine.sending_blockers(p_list.team_id, p_phone_number_id, array[p_channel]) as b
    union all
    select b.n, b.code, b.message
    from engine.account_blockers(
      p_list.team_id, case when p_kind = 'reschedule' then 'servicetitan'::public.provider end, 'holds need'
    ) as b
  )

  select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'message', f.message) order by f.n, f.code), '[]')
  from found as f
$$;
comment on function engine.outreach_blockers(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) is 'What stands in the way of an outreach: [{code, message}].';
revoke all on function engine.outreach_blockers(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) from public;

-- sql/40_functions/outreach/plan_outreach.sql
-- The members of a list as an outreach would treat them. The dry run counts them and the launch stores them: one
-- place decides. A customer is done once, whatever her numbers (engine.same_customers): what was done for her under
-- another one is a duplicate, unless that number was dead, and of several that come together the contact is taken that
-- the team has known longest. Items of p_outreach_id itself are no duplicates.
create or replace function engine.plan_outreach(
  p_list public.audience_lists, p_kind public.outreach_kind, p_channel public.contact_channel, p_outreach_id uuid default null
)
returns setof engine.planned_item
language plpgsql
stable
set search_path = ''
set jit = off
as $$
declare
  v_day date := (
    select (engine.now() at time zone t.timezone)::date from public.teams as t where t.id = p_list.team_id
  );
begin
  return query
  with members as materialized (
    select
      m.*, row_number() over () as ordinal, c.phone, c.servicetitan_customer_id as customer_id,
      p_kind = 'reschedule' and m.servicetitan_appointment_id is null as is_aimless,
      engine.outreach_hash(
        m.team_id, p_kind, p_channel, m.servicetitan_job_id, m.servicetitan_appointment_id, c.phone, v_day
      ) as dedupe_hash,
      cardinality(c.timezones) = 0 or exists (
        select from public.suppressions as s
        where s.team_id = m.team_id and s.phone = c.phone and s.channel = p_channel
      ) as is_unreachable
    from public.audience_members as m
    inner join public.contacts as c on m.team_id = c.team_id and m.contact_id = c.id
    where m.team_id = p_list.team_id and m.list_id = p_list.id
  ),

  others as materialized (
    select o.*
    from engine.same_customers(p_list.team_id, array(
      select (m.ordinal, m.contact_id, m.phone, m.customer_id)::engine.candidate from members as m where m.customer_id is not null
    )) as o
  ),

  works as materialized (
    select m.ordinal, engine.outreach_hash(
      m.team_id, p_kind, p_channel, m.servicetitan_job_id, m.servicetitan_appointment_id, o.phone, v_day
    ) as dedupe_hash
    from others as o
    inner join members as m on o.ordinal = m.ordinal
  ),

  known as (
    select m.ordinal, i.id, 1 as place
    from members as m
    inner join public.outreach_items as i on m.team_id = i.team_id and m.dedupe_hash = i.dedupe_hash
    where i.status <> 'CANCELLED' and i.outreach_id is distinct from p_outreach_id
    union all
    select w.ordinal, d.item_id, 2
    from engine.done_items(p_list.team_id, array(select w.dedupe_hash from works as w)) as d
    inner join works as w on d.dedupe_hash = w.dedupe_hash
    where d.has_place and d.outreach_id is distinct from p_outreach_id
  ),

  planned as (
    select
      m.*, k.id as item_id, not m.is_aimless and not m.is_unreachable and k.id is null as is_new,
      least(m.customer_id, o.customer_id) as any_id -- of merged customers the lowest
    from members as m
    left join (select n.ordinal, min(n.customer_id) as customer_id from others as n group by n.ordinal) as o on m.ordinal = o.ordinal
    left join (select distinct on (d.ordinal) d.* from known as d order by d.ordinal, d.place, d.id) as k
      on m.ordinal = k.ordinal and not m.is_aimless
  )

  select
    p.contact_id, p.phone, p.servicetitan_customer_id, p.servicetitan_job_id, p.servicetitan_appointment_id, p.dedupe_hash,
    p.is_aimless or (
      p.is_new and p.customer_id is not null
      and row_number() over (partition by p.any_id, p.is_new order by p.contact_id) > 1
    ),
    p.is_unreachable, p.item_id
  from planned as p;
end
$$;
comment on function engine.plan_outreach(public.audience_lists, public.outreach_kind, public.contact_channel, uuid) is
'Each member of a list as an outreach would treat it, with the item that exists for the same work and customer.';
revoke all on function engine.plan_outreach(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) from public;

-- sql/40_functions/outreach/sum_outreach.sql
-- The answer of a launch, before it (p_outreach_id null) and after: what is new, what exists already and
-- where, who is left out.
create or replace function engine.sum_outreach(
  p_list public.audience_lists,
  p_kind public.outreach_kind,
  p_channel public.contact_channel,
  p_outreach_id uuid
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with planned as materialized (
    select
      p.*, i.outreach_id, i.status,
      case
        when p.is_left_out then 'left_out'
        when p.item_id is null then 'item'
        else 'duplicate'
      end as part,
      p.is_left_out and p_kind = 'reschedule' and p.servicetitan_appointment_id is null as is_aimless,
      row_number() over (partition by p.is_left_out, i.outreach_id order by p.contact_id) as place
    from engine.plan_outreach(p_list, p_kind, p_channel, p_outreach_id) as p
    left join public.outreach_items as i on i.team_id = p_list.team_id and p.item_id = i.id
  )

  select jsonb_build_object(
    'counts', jsonb_build_object(
      'members', count(*),
      'items', count(*) filter (where p.part = 'item'),
      'duplicates', count(*) filter (where p.part = 'duplicate'),
      'without_appointment', count(*) filter (where p.is_aimless),
      'same_customer', count(*) filter (where p.part = 'left_out' and not p.is_aimless),
      'suppressed', count(*) filter (where p.part = 'item' and p.is_unreachable),
      'holds', count(*) filter (where p.part = 'item' and p_kind = 'reschedule' and not p.is_unreachable)
    ),
    'duplicates', coalesce(jsonb_path_query_array(jsonb_agg(jsonb_build_object(
      'contact_id', p.contact_id, 'phone', p.phone, 'item_id', p.item_id, 'outreach_id', p.outreach_id, 'status', p.status,
      'dedupe_hash', encode(p.dedupe_hash, 'hex')
    ) order by p.contact_id) filter (where p.part = 'duplicate' and p.place <= 50), '$[0 to 49]'), '[]'),
    'left_out', coalesce(jsonb_agg(jsonb_build_object(
      'contact_id', p.contact_id, 'phone', p.phone,
      'code', case when p.is_aimless then 'appointment_missing' else 'same_customer' end,
      'message', case
        when p.is_aimless then 'There is no appointment that could be rescheduled.' else 'The customer is done under another number.'
      end
    ) order by p.contact_id) filter (where p.part = 'left_out' and p.place <= 50), '[]')
  )
  from planned as p
$$;
comment on function engine.sum_outreach(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) is 'What a launch does or did: {counts, duplicates, left_out}, the lists with their first 50.';
revoke all on function engine.sum_outreach(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) from public;

-- sql/40_functions/phone/parse_phones.sql
-- The one way from what somebody wrote to a number that may be dialled, for whole sets at once: the
-- builder of lists, ServiceTitan, leads and webhooks all come here. A million cells must pass in
-- seconds, so valid numbers of North America in their usual spellings are known at a glance, other
-- digits are only judged, and just the cells that are more than digits and punctuation are taken apart.
create or replace function engine.parse_phones(p_raws text[], p_country text, p_allow_fictitious boolean)
returns table (
  ordinal bigint, phone text, phone_extension text, is_fictitious boolean, problem text, others text[]
)
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
begin
  return query
  with areas as materialized (
    -- apart from its index, so that it is hashed; for a few cells, a lead's one above all, only what they begin with
    select a.area_code from reference.area_codes as a where a.kind <> 'premium' and cardinality(p_raws) > 20
    union all
    select a.area_code from reference.area_codes as a
    where a.kind <> 'premium' and cardinality(p_raws) <= 20
      and a.area_code = any(array(select left(right(translate(r.raw, ' ()-.', ''), 10), 3) from unnest(p_raws) as r (raw)))
  ),
  seen as materialized (
    -- engine.judge_phones says the same of these: valid, and nothing else to tell
    select
      r.ordinal,
      r.raw,
      r.bare,
      case
        when a.area_code is not null and r.ten ~ '^[0-9]{3}[2-9][0-9]{6}$' and substr(r.ten, 5, 2) <> '11'
          and substr(r.ten, 4, 5) <> '55501' and r.raw not like '%.0' then '+1' || r.ten
      end as usual
    from (
      select
        b.*,
        case
          when length(b.bare) = 12 and b.bare like '+1%' then substr(b.bare, 3)
          when not h.is_nanp then null
          when length(b.bare) = 10 then b.bare
          when length(b.bare) = 11 and b.bare like '1%' then substr(b.bare, 2)
        end as ten
      from (
        select r.ordinal, r.raw, translate(r.raw, ' ()-.', '') as bare
        from unnest(p_raws) with ordinality as r (raw, ordinal)
        offset 0 -- each step once for a row
      ) as b
      cross join (
        select p_country = any(c.countries) as is_nanp from reference.calling_codes as c where c.calling_code = '1'
      ) as h
      offset 0
    ) as r
    left join areas as a on left(r.ten, 3) = a.area_code
  ),
  others as materialized (
    -- longer than any number is two numbers; .0 is what data frames append
    select s.*, s.bare ~ '^[+]?[0-9]{1,16}$' and s.raw not like '%.0' as is_plain
    from seen as s
    where s.usual is null
  )
  select s.ordinal, s.usual, null::text, false, null::text, '{}'::text[]
  from seen as s
  where s.usual is not null
  union all
  select j.ordinal, j.phone, null, j.is_fictitious, j.problem, '{}'
  from (
    select array_agg(o.ordinal) as ordinals, array_agg(ltrim(o.bare, '+')) as digits, array_agg(o.bare like '+%') as has_plus
    from others as o
    where o.is_plain
  ) as a
  cross join lateral engine.judge_phones(a.ordinals, a.digits, a.has_plus, p_country, p_allow_fictitious) as j
  where a.ordinals is not null -- mostly nothing is left for these two
  union all
  select t.*
  from (
    select array_agg(o.ordinal) as ordinals, array_agg(o.raw) as raws from others as o where o.is_plain is not true
  ) as a
  cross join lateral engine.parse_odd_phones(a.ordinals, a.raws, p_country, p_allow_fictitious) as t
  where a.ordinals is not null;
end
$$;
comment on function engine.parse_phones(text[], text, boolean) is
'Parses cells: for each (ordinal, E.164 or null, extension, whether reserved for fiction, problem code or null, other numbers of the cell as written).';
revoke all on function engine.parse_phones(text[], text, boolean) from public;

-- sql/40_functions/refresh/finish_refresh.sql
-- The end of a refresh, in one transaction: whom the source names is checked like the rows of a file, then
-- the list is made to hold just those. It fails, and the list stays, when the source gave nothing at all,
-- which is more likely a fault than a fact, and when not one row can be used.
create or replace function engine.finish_refresh(p_team_id uuid, p_run_id uuid, p_is_source_empty boolean)
returns public.audience_runs
language plpgsql
security definer -- workers may write no table
set search_path = ''
set jit = off
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
begin
  if p_is_source_empty and exists (
    select from public.audience_members as m where m.team_id = p_team_id and m.list_id = v_run.list_id
  ) then
    v_run.status := 'FAILED';
    v_run.failure_code := 'source_empty';
    v_run.failure_message := 'ServiceTitan gave nothing at all, which is more likely a fault than a fact; the list is as it was.';
    return engine.end_run(v_run);
  end if;
  v_run.mapping := engine.stage_subject(p_team_id, p_run_id, v_run.source, v_run.definition, v_run.started_at);
  update public.audience_runs as r set mapping = v_run.mapping where r.team_id = p_team_id and r.id = p_run_id;
  v_run := engine.check_fetched_rows(v_run);
  if v_run.fetched_count > 0 and v_run.rejected_count = v_run.fetched_count then
    v_run.status := 'FAILED';
    v_run.failure_code := 'rows_rejected';
    v_run.failure_message := engine.refusal_of_run(v_run);
    return engine.end_run(v_run);
  end if;
  perform engine.keep_member_work(p_team_id, p_run_id); -- before members are added: a campaign may enroll them at once
  v_run.added_count := engine.store_run(p_team_id, p_run_id, v_run.list_id);
  perform engine.update_member_facts(v_run);
  perform engine.keep_member_jobs(p_team_id, p_run_id);
  v_run.removed_count := engine.remove_members(v_run);
  return engine.end_stored_run(v_run);
end
$$;
comment on function engine.finish_refresh(uuid, uuid, boolean) is
'Replaces the members of a list by those whom its running refresh found; returns the run as it ended.';
revoke all on function engine.finish_refresh(uuid, uuid, boolean) from public;
grant execute on function engine.finish_refresh(uuid, uuid, boolean) to outbound_worker;

-- sql/40_functions/refresh/keep_member_jobs.sql
-- Before a refresh forgets the jobs that it found: what campaigns target by, of the jobs that members name.
create or replace function engine.keep_member_jobs(p_team_id uuid, p_run_id uuid)
returns void
language sql
volatile
set search_path = ''
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
  insert into engine.servicetitan_member_jobs as k (team_id, id, business_unit_id, campaign_id)
  select j.team_id, j.id, j.business_unit_id, j.campaign_id
  from engine.servicetitan_jobs as j
  where j.team_id = p_team_id and j.subject_id = p_run_id and j.id in (
    select f.servicetitan_job_id from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_run_id
  )
  order by j.id
  on conflict on constraint servicetitan_member_jobs_pk do update
    set business_unit_id = excluded.business_unit_id, campaign_id = excluded.campaign_id
    where (k.business_unit_id, k.campaign_id) is distinct from (excluded.business_unit_id, excluded.campaign_id)
$$;
comment on function engine.keep_member_jobs(uuid, uuid) is
'Keeps business unit and campaign of the jobs that a refresh''s members matched by.';
revoke all on function engine.keep_member_jobs(uuid, uuid) from public;

-- sql/40_functions/refresh/keep_member_work.sql
-- Whether the jobs and appointments are cancelled that a refresh's members match by. One that was not when it matched
-- before has been cancelled since; one that is not any more has come back.
create or replace function engine.keep_member_work(p_team_id uuid, p_run_id uuid)
returns void
language sql
volatile
set search_path = ''
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
  insert into engine.servicetitan_work as w (team_id, kind, id, was_cancelled)
  select p_team_id, k.kind, k.id, k.status = 'Canceled'
  from (
    select 'job' as kind, j.id, j.status
    from engine.servicetitan_jobs as j
    where j.team_id = p_team_id and j.subject_id = p_run_id and j.id in (
      select f.servicetitan_job_id from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_run_id
    )
    union all
    select 'appointment', a.id, a.status
    from engine.servicetitan_appointments as a
    where a.team_id = p_team_id and a.subject_id = p_run_id and a.id in (
      select f.servicetitan_appointment_id from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_run_id
    )
  ) as k
  where k.status is not null
  order by k.kind, k.id
  on conflict on constraint servicetitan_work_pk do update
    set
      was_cancelled = excluded.was_cancelled,
      kept_at = excluded.kept_at,
      cancelled_at = case
        when excluded.was_cancelled and not w.was_cancelled then coalesce(w.cancelled_at, engine.now())
        when excluded.was_cancelled then w.cancelled_at
      end
    where w.was_cancelled <> excluded.was_cancelled or (w.cancelled_at is not null and not excluded.was_cancelled)
      or w.kept_at < excluded.kept_at - interval '1 month'
$$;
comment on function engine.keep_member_work(uuid, uuid) is
'Keeps whether the jobs and appointments that a refresh''s members match by are cancelled.';
revoke all on function engine.keep_member_work(uuid, uuid) from public;

-- sql/40_functions/schedules/queue_due_schedules.sql
-- Queues a run for each schedule whose time has come, however often it came since: after a downtime one
-- run catches up, and the next is the first that the expression names from now on. While a run of the
-- list is open, the time is skipped, and the schedule says so.
create or replace function engine.queue_due_schedules()
returns table (queued_count integer, skipped_count integer)
language plpgsql
set search_path = ''
as $$
declare
  v_schedule public.audience_schedules;
  v_run_id uuid;
  v_failures jsonb := '[]'::jsonb;
begin
  queued_count := 0;
  skipped_count := 0;
  -- One by one, so that a zone which this server no longer knows stops nobody else's. Another tick's
  -- schedules, and lists that somebody is changing, are left to the next tick.
  for v_schedule in
    select s.*
    from public.audience_schedules as s
    inner join public.audience_lists as l on s.team_id = l.team_id and s.list_id = l.id
    where s.is_enabled and s.next_run_at <= engine.now()
    order by s.next_run_at, s.team_id, s.list_id
    for no key update of s skip locked
    for key share of l skip locked
  loop
    begin
      v_run_id := engine.queue_refresh(v_schedule.team_id, v_schedule.list_id);
      v_schedule.next_run_at := engine.next_run(engine.parse_cron(v_schedule.expression), v_schedule.timezone, engine.now());
      update public.audience_schedules as s
      set
        is_enabled = v_schedule.next_run_at is not null,
        next_run_at = v_schedule.next_run_at,
        last_run_id = coalesce(v_run_id, s.last_run_id),
        last_run_at = case when v_run_id is not null then engine.now() else s.last_run_at end,
        last_skipped_at = case when v_run_id is null then engine.now() else s.last_skipped_at end
      where s.team_id = v_schedule.team_id and s.list_id = v_schedule.list_id;
      queued_count := queued_count + (v_run_id is not null)::integer;
      skipped_count := skipped_count + (v_run_id is null)::integer;
    -- Whatever is wrong with one team's schedule must not stop those of all the others.
    exception when others then
      raise warning 'outbound: the schedule of list % could not be followed: % (%)', v_schedule.list_id, sqlerrm, sqlstate;
      v_failures := v_failures || jsonb_build_object(
        'step', 'follow_schedule', 'subject', v_schedule.list_id, 'code', sqlstate, 'message', sqlerrm
      );
    end;
  end loop;
  perform engine.note_tick_failures(array['follow_schedule'], v_failures);
  return next;
end
$$;
comment on function engine.queue_due_schedules() is
'Queues one run for each due schedule of a list without an open run; returns how many, and how many were skipped. Part of the tick.';
revoke all on function engine.queue_due_schedules() from public;

-- sql/40_functions/servicetitan/finish_watch.sql
-- A look is over: where it ended is remembered. Whoever was enrolled while it went on, or is tried again since, for
-- what was known to be cancelled by then, is stopped here.
create or replace function engine.finish_watch(p_team_id uuid, p_watch_id uuid, p_until timestamptz)
returns integer
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  update engine.servicetitan_watches as w
  set looked_at = greatest(w.looked_at, p_until)
  where w.team_id = p_team_id and w.id = p_watch_id;
  return case when found then engine.stop_cancelled(p_team_id) else 0 end;
end
$$;
comment on function engine.finish_watch(uuid, uuid, timestamptz) is
'Remembers where a look ended, and stops whoever is enrolled for what is cancelled; returns how many people.';
revoke all on function engine.finish_watch(uuid, uuid, timestamptz) from public;
grant execute on function engine.finish_watch(uuid, uuid, timestamptz) to outbound_worker;

-- sql/40_functions/servicetitan/forget_servicetitan.sql
-- Another tenant is connected, or the real one after the sandbox: nothing that was read from the one before
-- may fill a list, and no number that it had in use is somebody's to call. What waits for the old one ends
-- with the reason; an id of an appointment would be that of a stranger there. That numbers must not be
-- texted stays.
create or replace function engine.forget_servicetitan()
returns trigger
language plpgsql
security definer -- whoever connects accounts
set search_path = ''
as $$
begin
  perform engine.fail_run(
    r.team_id, r.id, 'account_changed', 'Another ServiceTitan account was connected meanwhile; nothing was stored. Start it again.'
  )
  from public.audience_runs as r
  where r.team_id = new.team_id and r.source in ('servicetitan', 'custom_report') and (
    r.status = 'RUNNING'
    -- who has claimed it is about to begin, and was told the old tenant
    or (r.status = 'QUEUED' and exists (
      select from engine.tasks as t
      where t.team_id = r.team_id and t.kind = 'refresh' and t.subject_id = r.id and t.status = 'CLAIMED'
    ))
  );
  perform engine.fail_hold(
    i.team_id, i.id, 'not_found', 'Another ServiceTitan account was connected before the appointment was held.'
  )
  from public.outreach_items as i
  where i.team_id = new.team_id and i.status = 'HOLDING';
  -- Nor may one that failed there be tried again here; what it came to there is kept.
  update public.outreach_items as i
  set
    hold_outcome = 'not_found',
    hold_message = left(concat_ws(
      ' ', 'Another ServiceTitan account was connected since the hold failed there as', i.hold_outcome || '.', i.hold_message
    ), 2000)
  from reference.hold_outcomes as h
  where i.team_id = new.team_id and i.status = 'HOLD_FAILED' and i.hold_outcome = h.code
    and (h.can_retry or h.code = 'reason_inactive');
  perform engine.forget_subject(p.team_id, p.id) from engine.audience_previews as p where p.team_id = new.team_id;
  delete from engine.audience_previews as p where p.team_id = new.team_id;
  delete from engine.servicetitan_feeds as f where f.team_id = new.team_id;
  delete from engine.servicetitan_customers as c where c.team_id = new.team_id;
  delete from engine.servicetitan_contacts as c where c.team_id = new.team_id;
  delete from engine.servicetitan_locations as l where l.team_id = new.team_id;
  delete from engine.servicetitan_memberships as m where m.team_id = new.team_id;
  delete from engine.servicetitan_recurring_services as s where s.team_id = new.team_id;
  delete from engine.servicetitan_service_events as e where e.team_id = new.team_id;
  delete from engine.servicetitan_member_jobs as j where j.team_id = new.team_id;
  delete from engine.servicetitan_work as w where w.team_id = new.team_id;
  delete from engine.enrollment_work as w where w.team_id = new.team_id;
  update engine.servicetitan_watches as w set id = engine.new_id(), looked_at = null where w.team_id = new.team_id;
  delete from engine.servicetitan_catalogue as c where c.team_id = new.team_id;
  update engine.servicetitan_catalogues as c
  set read_at = null, failure_code = null, failure_message = null
  where c.team_id = new.team_id;
  return null;
end
$$;
comment on function engine.forget_servicetitan() is
'Empties the copy of a team''s ServiceTitan when another tenant is connected, and ends what waits for the old one.';
revoke all on function engine.forget_servicetitan() from public;

-- sql/40_functions/servicetitan/queue_watches.sql
-- Every few minutes, as long as a campaign is running that has people enrolled for a job or an appointment:
-- ServiceTitan is asked what was cancelled since. One look at a time for each team; a paused campaign's are looked
-- after too, so that nobody is called in the first minutes after it is resumed. Part of the tick.
create or replace function engine.queue_watches()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_watch engine.servicetitan_watches;
  v_count integer := 0;
begin
  insert into engine.servicetitan_watches (team_id)
  select i.team_id
  from public.integrations as i
  where i.provider = 'servicetitan' and i.status = 'ACTIVE'
    and not exists (select from engine.servicetitan_watches as w where w.team_id = i.team_id)
    and exists (select from engine.enrollment_work as b where b.team_id = i.team_id)
  order by i.team_id
  on conflict on constraint servicetitan_watches_pk do nothing;
  -- A loop over teams: each has a task of its own.
  for v_watch in
    select w.*
    from engine.servicetitan_watches as w
    inner join public.integrations as i on w.team_id = i.team_id and i.provider = 'servicetitan' and i.status = 'ACTIVE'
    where coalesce(w.queued_at, '-infinity') <= engine.now() - interval '5 minutes' and exists (
      select
      from public.campaigns as c
      where c.team_id = w.team_id and c.status in ('ACTIVE', 'PAUSED') and exists (
        select from engine.enrollment_work as b where b.team_id = c.team_id and b.campaign_id = c.id
      )
    )
    order by w.team_id
    for no key update of w skip locked
  loop
    v_count := v_count + (engine.add_task(v_watch.team_id, 'watch', v_watch.id) is not null)::integer;
    update engine.servicetitan_watches as w set queued_at = engine.now() where w.team_id = v_watch.team_id;
  end loop;
  return v_count;
end
$$;
comment on function engine.queue_watches() is
'Queues a look at what ServiceTitan cancelled, for each team that has people enrolled for jobs; returns how many.';
revoke all on function engine.queue_watches() from public;

-- sql/40_functions/servicetitan/start_watch.sql
-- Since when a look has to ask: not from before the oldest match of anybody who may still be called, and a day
-- back from where the last look ended, for a refresh that began before that look and was stored after it. Whoever's
-- journey is over is not looked after any more; one that failed may be opened again, as long as its history is kept, and
-- who waits for the place of another number of hers may get it.
create or replace function engine.start_watch(p_team_id uuid, p_watch_id uuid)
returns table (since timestamptz, until timestamptz)
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_watch engine.servicetitan_watches;
begin
  select w.* into v_watch from engine.servicetitan_watches as w where w.team_id = p_team_id and w.id = p_watch_id;
  if v_watch.id is null then
    return;
  end if;
  delete from engine.enrollment_work as b
  using engine.enrollments as e
  where b.team_id = p_team_id and b.team_id = e.team_id and b.enrollment_id = e.id and (
    (e.status not in ('ACTIVE', 'FAILED') and e.reason_code is distinct from 'same_customer')
    or e.ended_at < (select engine.work_kept_since())
  );
  return query
  select greatest(min(b.matched_at) - interval '1 hour', v_watch.looked_at - interval '1 day'), engine.now()
  from engine.enrollment_work as b
  where b.team_id = p_team_id
  having count(*) > 0;
end
$$;
comment on function engine.start_watch(uuid, uuid) is
'The time whose cancellations a look has to ask for; no row when nobody is enrolled for a job or an appointment.';
revoke all on function engine.start_watch(uuid, uuid) from public;
grant execute on function engine.start_watch(uuid, uuid) to outbound_worker;

-- sql/40_functions/servicetitan/stop_cancelled.sql
-- Whoever was enrolled for a job or an appointment that was cancelled since it matched is not called about it: what
-- has not begun is called off, and the journey is over. What a provider may have finishes and is counted. As
-- engine.call_off does, numbers are locked first, so that nobody who begins waits here, then open jobs in order of id,
-- and what that left is looked at afterwards.
create or replace function engine.stop_cancelled(p_team_id uuid)
returns integer
language plpgsql
security definer -- workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_ids constant uuid[] := array(
    select distinct e.id
    from engine.servicetitan_work as w
    inner join engine.enrollment_work as b on w.team_id = b.team_id and w.kind = b.kind and w.id = b.servicetitan_id
    inner join engine.enrollments as e on b.team_id = e.team_id and b.enrollment_id = e.id and e.status = 'ACTIVE'
    where w.team_id = p_team_id and w.cancelled_at is not null
    order by e.id
  );
begin
  if v_ids = '{}' then
    return 0;
  end if;
  perform pg_advisory_xact_lock(k.key)
  from (
    select distinct engine.phone_lock(p_team_id, e.phone) as key
    from unnest(v_ids) as i (id)
    inner join engine.enrollments as e on e.team_id = p_team_id and i.id = e.id
    order by 1
  ) as k;
  perform
  from unnest(v_ids) as i (id)
  inner join engine.jobs as j on j.team_id = p_team_id and i.id = j.enrollment_id
  where j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
  order by j.id
  for update of j;

  perform engine.close_jobs(array(
    select (j.team_id, j.id, 'job_cancelled', 'CANCELLED')::engine.closed_job
    from unnest(v_ids) as i (id)
    inner join engine.jobs as j on j.team_id = p_team_id and i.id = j.enrollment_id
    where j.status in ('READY', 'CLAIMED')
    order by j.id
    for update of j
  ));
  -- Whoever is between two jobs, or has one that a provider may have, as well.
  perform engine.end_enrollments(
    array_fill(p_team_id, array[cardinality(v_ids)]), v_ids,
    array_fill('CANCELLED'::public.enrollment_status, array[cardinality(v_ids)]),
    array_fill('job_cancelled'::text, array[cardinality(v_ids)])
  );
  return cardinality(v_ids);
end
$$;
comment on function engine.stop_cancelled(uuid) is
'Ends the active enrollments of a team whose job or appointment in ServiceTitan was cancelled since it matched; returns how many.';
revoke all on function engine.stop_cancelled(uuid) from public;
grant execute on function engine.stop_cancelled(uuid) to outbound_worker;

-- sql/40_functions/servicetitan/store_cancelled.sql
-- What a look found cancelled. What no list matched by is passed over, and so is what was cancelled already when it
-- matched; whoever was enrolled for the rest is stopped in the same transaction.
create or replace function engine.store_cancelled(p_team_id uuid, p_watch_id uuid, p_kind text, p_ids bigint[])
returns integer
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  -- Held, so that the tenant stays the one that was asked.
  perform from engine.servicetitan_watches as w where w.team_id = p_team_id and w.id = p_watch_id for share;
  if not found then
    return 0;
  end if;
  with known as (
    select w.id
    from engine.servicetitan_work as w
    where w.team_id = p_team_id and w.kind = p_kind and w.id = any(p_ids) and not w.was_cancelled and w.cancelled_at is null
    order by w.id
    for update
  )

  update engine.servicetitan_work as w
  set cancelled_at = engine.now()
  from known as k
  where w.team_id = p_team_id and w.kind = p_kind and w.id = k.id;
  return case when found then engine.stop_cancelled(p_team_id) else 0 end;
end
$$;
comment on function engine.store_cancelled(uuid, uuid, text, bigint[]) is
'Notes which jobs or appointments a look found cancelled and stops whoever was enrolled for them; returns how many people.';
revoke all on function engine.store_cancelled(uuid, uuid, text, bigint[]) from public;
grant execute on function engine.store_cancelled(uuid, uuid, text, bigint[]) to outbound_worker;

-- sql/40_functions/servicetitan/store_feed_page.sql
-- A page of an export for a running refresh or preview (engine.store_servicetitan). What has ended stores nothing any
-- more: another tenant may be connected by now, in whose copy nobody of the old one's may be. That waits for this
-- (engine.forget_servicetitan ends the runs), then empties the copy.
create or replace function engine.store_feed_page(
  p_team_id uuid, p_subject_id uuid, p_feed text, p_records jsonb, p_started_from text, p_continue_from text
)
returns text
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  if not engine.is_subject_running(p_team_id, p_subject_id) then
    perform engine.refuse(
      'OB002', 'What this was read for has ended.', jsonb_build_object('entity', 'audience_run', 'id', p_subject_id),
      'Start another run of the list.'
    );
  end if;
  return engine.store_servicetitan(p_team_id, p_feed, p_records, p_started_from, p_continue_from);
end
$$;
comment on function engine.store_feed_page(uuid, uuid, text, jsonb, text, text) is
'Stores a page of an export as engine.store_servicetitan does, for a running refresh or preview; OB002 when it has ended.';
revoke all on function engine.store_feed_page(uuid, uuid, text, jsonb, text, text) from public;
grant execute on function engine.store_feed_page(uuid, uuid, text, jsonb, text, text) to outbound_worker;

-- sql/40_functions/setup/applied_migrations.sql
-- By the record that the Supabase CLI keeps in a schema of its own, and `outbound stack up` as well: what a release
-- brought, and what is still to be pushed. A database that was built in another way has none.
create or replace function engine.applied_migrations()
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_record regclass := to_regclass('supabase_migrations.schema_migrations');
  v_versions text[];
begin
  if v_record is not null then
    -- Dynamic, because the table is not there in every database.
    execute format('select coalesce(array_agg(m.version::text order by m.version), ''{}'') from %s as m', v_record)
    into v_versions;
  end if;
  return v_versions;
end
$$;
comment on function engine.applied_migrations() is
'The versions of the migrations that this database has had, in order; null where no record says so.';
revoke all on function engine.applied_migrations() from public;

-- sql/40_functions/setup/clock_lock.sql
-- The advisory lock of the sandbox's clock: what judges by it holds it shared, what sets it takes it alone.
create or replace function engine.clock_lock()
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return hashtextextended('the clock', 0);
end
$$;
comment on function engine.clock_lock() is 'Key of the advisory lock between what sets the sandbox''s clock and what judges by it.';
revoke all on function engine.clock_lock() from public;

-- sql/40_functions/setup/get_deployment_facts.sql
-- What `outbound doctor` can't see from outside. It is of all teams, so the service role alone may ask; it names
-- accounts and secrets and shows none.
create or replace function public.get_deployment_facts()
returns jsonb
language sql
stable
security definer -- reads the engine and the catalogue; granted to the service role alone
set search_path = ''
as $$
  select jsonb_build_object(
    'at', statement_timestamp(),
    'environment', d.environment,
    'postgres', current_setting('server_version_num')::integer / 10000,
    'migrations', to_jsonb(engine.applied_migrations()),
    'tick', engine.tick_facts() || jsonb_build_object(
      -- the tick takes a lease back in the minute after it ran out
      'overdue_seconds', (
        select round(extract(epoch from engine.now() - min(j.lease_expires_at)))
        from engine.jobs as j
        where j.status = 'CLAIMED' and j.lease_expires_at < engine.now()
      )
    ),
    'worker_role', (
      select jsonb_build_object(
        'can_log_in', r.rolcanlogin,
        'is_privileged', r.rolsuper or r.rolbypassrls or r.rolcreaterole or exists (
          select from pg_catalog.pg_auth_members as m where m.member = r.oid
        ),
        'may_make_temporary', has_database_privilege(r.oid, current_database(), 'temporary')
      )
      from pg_catalog.pg_roles as r
      where r.rolname = 'outbound_worker'
    ),
    'queues', (select jsonb_agg(to_jsonb(q) order by q.queue) from engine.queue_lag() as q),
    'held', engine.held_campaigns(),
    'integrations', (
      select coalesce(jsonb_agg(
        engine.describe_health(i) || jsonb_build_object(
          'team', t.name, 'secret_name', i.secret_name, 'account_ref', i.account_ref,
          'webhooks', engine.webhook_facts(i), 'named', engine.named_at_provider(i)
        )
        order by t.name, i.provider
      ), '[]')
      from public.integrations as i
      inner join public.teams as t on i.team_id = t.id
    )
  )
  from engine.deployment as d
$$;
comment on function public.get_deployment_facts() is
'{at, environment, postgres, migrations[versions] (null without a record), tick{driven_by, has_cron, last_run_at, '
'last_status, last_message, failed_jobs[], failing[], overdue_seconds}, '
'worker_role{can_log_in, is_privileged, may_make_temporary}, queues[{queue, due_jobs, jobs_in_progress, jobs_in_doubt, lag_seconds}], '
'held[{team, campaign_id, campaign, blockers[{code, message}]}], '
'integrations[as in get_integration_health, with team, secret_name, account_ref, webhooks{taken, heard_of}, named[{kind, name, id}]]}: for operators of the deployment.';
revoke all on function public.get_deployment_facts() from public;
grant execute on function public.get_deployment_facts() to service_role;

-- sql/40_functions/setup/hold_clock.sql
-- What begins attempts reads the moment here, first of all: a set clock stands still until its transaction is over, so that
-- who passed the gate at eight in the evening is not begun at nine. Real time needs no hold: there engine.now() is one
-- moment for the whole statement.
create or replace function engine.hold_clock()
returns timestamptz
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock_shared(engine.clock_lock())
  from engine.deployment as d
  where d.environment = 'sandbox';
  return engine.now(); -- in a statement of its own: a clock that was being set is seen as it is now
end
$$;
comment on function engine.hold_clock() is
'The moment it is, which stays the moment until this transaction ends, whoever sets the sandbox''s clock.';
revoke all on function engine.hold_clock() from public;

-- sql/40_functions/setup/named_at_provider.sql
-- What the team says that its provider has, and calls can't do without: assistants, and numbers that may call. Whoever
-- has the account's key can compare.
create or replace function engine.named_at_provider(p_integration public.integrations)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'name', k.name, 'id', k.id) order by k.kind, k.name, k.id), '[]')
  from (
    select 'assistant' as kind, a.name, a.provider_assistant_id as id
    from public.assistants as a
    where a.team_id = p_integration.team_id and a.channel = 'call' and a.is_active
    union all
    select 'phone-number', n.phone, n.vapi_phone_number_id
    from public.phone_numbers as n
    where n.team_id = p_integration.team_id and n.is_verified_for_calls and n.vapi_phone_number_id is not null
  ) as k
  where p_integration.provider = 'vapi'
$$;
comment on function engine.named_at_provider(public.integrations) is
'[{kind: assistant|phone-number, name, id}] that an account at Vapi must have for the team''s calls; [] for others.';
revoke all on function engine.named_at_provider(public.integrations) from public;

-- sql/40_functions/setup/phone_number_issues.sql
-- What is wrong with a sending number as it would be stored; p_problem is what the rule for phone numbers says of it.
create or replace function engine.phone_number_issues(p_number public.phone_numbers, p_problem text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(i.issue order by i.n), '[]')
  from (
    select 1 as n, engine.issue(
      coalesce(p_problem, 'phone_missing'), 'p_phone', 'The number is not a valid phone number.'
    ) as issue
    where p_number.phone is null
    union all
    select 2, engine.issue(
      'vapi_id_required', 'p_vapi_phone_number_id', 'A number that is verified for calls needs its Vapi id.'
    )
    where p_number.is_verified_for_calls and p_number.vapi_phone_number_id is null
    union all
    select 3, engine.issue(
      'rate_range', 'p_rate_per_minute', 'The rate must be between 1 and 100,000 a minute, or null for no cap.'
    )
    where p_number.rate_per_minute not between 1 and 100000
    union all
    select 4, engine.issue(
      'daily_limit_range', 'p_daily_limit', 'The daily limit must be between 1 and 10,000,000, or null for no cap.'
    )
    where p_number.daily_limit not between 1 and 10000000
  ) as i
$$;
comment on function engine.phone_number_issues(public.phone_numbers, text) is
'The problems of a sending number, as engine.issue makes them; [] when there is none.';
revoke all on function engine.phone_number_issues(public.phone_numbers, text) from public;

-- sql/40_functions/setup/refuse_while_sending.sql
-- What a campaign sends with, or is about to, is not taken from it unawares: who wants that pauses it first, and it is
-- resumed only when everything is there. What is taken in another way, or at the very moment of a launch, holds
-- the campaign's jobs at the gate (engine.sending_hold).
create or replace function engine.refuse_while_sending(
  p_team_id uuid, p_entity text, p_id uuid, p_channels public.contact_channel[]
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_what constant text := format('it for %ss', array_to_string(p_channels, 's and '));
begin
  perform engine.refuse_in_use(
    p_team_id, p_entity, p_id,
    array(
      select c.id
      from public.campaigns as c
      where c.team_id = p_team_id and c.status in ('SCHEDULED', 'ACTIVE')
        and (p_entity = 'assistant' or c.phone_number_id = p_id) and exists (
          select
          from public.workflow_nodes as n
          where n.team_id = c.team_id and n.workflow_id = c.workflow_id
            and n.type::text = any(p_channels::text[]) and (p_entity <> 'assistant' or n.config ->> 'assistant_id' = p_id::text)
        )
    ),
    'needs ' || v_what, 'need ' || v_what,
    'Pause them, or unschedule those that have not begun. They are resumed or launched when it is back.'
  );
end
$$;
comment on function engine.refuse_while_sending(uuid, text, uuid, public.contact_channel[]) is
'Raises OB005 while a SCHEDULED or ACTIVE campaign needs the phone_number or assistant on one of the channels; used_by is '
'[{entity, id, name, status}].';
revoke all on function engine.refuse_while_sending(uuid, text, uuid, public.contact_channel[]) from public;

-- sql/40_functions/setup/resume_integration.sql
-- Somebody has mended what made an account pause, and says so: jobs that waited go out again, spread by the batches of
-- their nodes, and the account is at full pace.
create or replace function public.resume_integration(p_provider text, p_team_id uuid default null)
returns jsonb
language plpgsql
security definer -- writes public.integrations, which no role may write
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of resume_campaign
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_integration public.integrations;
begin
  if coalesce(p_provider, '') <> all(enum_range(null::public.provider)::text[]) then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('provider_unknown', 'p_provider', 'The provider must be vapi, twilio or servicetitan.')
    ), 'The request');
  end if;
  perform engine.spread_held_jobs(v_team_id, p_provider::public.provider);
  select i.* into v_integration
  from public.integrations as i
  where i.team_id = v_team_id and i.provider::text = p_provider
  for no key update;
  if v_integration.id is null then
    perform engine.refuse_not_found('integration', null);
  end if;
  update public.integrations as i
  set
    status = 'ACTIVE', paused_reason = null, paused_at = null,
    pace_per_minute = null, pace_begins_at = null, pace_reason = null
  where i.team_id = v_integration.team_id and i.id = v_integration.id
  returning i.* into v_integration;
  perform pg_notify('outbound_jobs', '');
  return engine.describe_health(v_integration);
end
$$;
comment on function public.resume_integration(text, uuid) is
'Lifts the pause and the lowered pace of a provider''s account, and returns it like get_integration_health. What waited goes '
'out spread by the batches of its nodes. Changes nothing of one that is in use. Admin only; OB001, OB004, OB008.';
revoke all on function public.resume_integration(text, uuid) from public;
grant execute on function public.resume_integration(text, uuid) to authenticated, service_role;

-- sql/40_functions/setup/set_clock.sql
-- Sets the sandbox's clock. It never runs backwards: what happened stays in the past. What time alone
-- changes is done at once, as in a real day of which no minute is skipped.
create or replace function engine.set_clock(p_at timestamptz, p_rate double precision default 1)
returns timestamptz
language plpgsql
security definer -- writes the deployment row
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_environment text;
  v_goes_back boolean;
begin
  perform pg_advisory_xact_lock(engine.clock_lock()); -- before any other lock: whoever holds the clock waits for none of ours
  select environment, clock_at is null and p_at < engine.now() into v_environment, v_goes_back
  from engine.deployment
  for update;
  if v_environment <> 'sandbox' then
    perform engine.refuse(
      'OB002',
      'The clock of a production database cannot be set.',
      jsonb_build_object(
        'entity', 'deployment', 'id', null, 'from', v_environment, 'to', 'clock_set', 'allowed', '[]'::jsonb
      ),
      'Only a sandbox has a clock that can be set.'
    );
  end if;
  update engine.deployment
  set
    clock_at = greatest(p_at, case when clock_at is null then p_at else engine.now() end),
    clock_set_at = statement_timestamp(),
    clock_rate = coalesce(p_rate, 1);
  if v_goes_back then
    -- The first time only, from the real time: what had come may be to come.
    perform engine.recount_due();
  end if;
  perform engine.tick();
  -- Time has jumped: every worker looks again, whatever it waits for.
  perform pg_notify('outbound_jobs', '');
  return engine.now();
end
$$;
comment on function engine.set_clock(timestamptz, double precision) is
'Sets the sandbox''s clock and its rate (0 freezes it, 1 is real time); once set it never goes back. OB002 in production.';
revoke all on function engine.set_clock(timestamptz, double precision) from public;
grant execute on function engine.set_clock(timestamptz, double precision) to outbound_worker;

-- sql/40_functions/setup/tick_facts.sql
-- Who calls the tick, and what shows that somebody does: pg_cron's own record, and which steps fail.
create or replace function engine.tick_facts()
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_runs regclass := to_regclass('cron.job_run_details');
  v_started_at timestamptz;
  v_status text;
  v_message text;
  v_failed jsonb;
  v_failing jsonb := (
    select coalesce(jsonb_agg(jsonb_build_object(
      'step', f.step, 'subject', f.subject, 'since', f.first_failed_at, 'at', f.failed_at, 'count', f.failure_count,
      'code', f.code, 'message', f.message
    ) order by f.first_failed_at, f.step, f.subject), '[]')
    from engine.tick_failures as f
  );
begin
  if v_runs is not null then
    -- Dynamic, because the table is not there on every server; the last runs are found by the highest ids.
    execute format(
      'select r.start_time, r.status, r.return_message from %s as r'
      ' inner join cron.job as j on r.jobid = j.jobid where j.jobname = ''outbound-tick'' and r.end_time is not null'
      ' order by r.runid desc limit 1', v_runs
    )
    into v_started_at, v_status, v_message;
    execute format(
      'select coalesce(jsonb_agg(jsonb_build_object(''job'', j.jobname, ''message'', r.return_message) order by j.jobname), ''[]'')'
      ' from cron.job as j cross join lateral (select d.status, d.return_message from %s as d'
      ' where d.jobid = j.jobid and d.end_time is not null order by d.runid desc limit 1) as r'
      ' where j.jobname in (''outbound-launches'', ''outbound-upkeep'') and r.status = ''failed''', v_runs
    )
    into v_failed;
    return jsonb_build_object(
      'driven_by', case when engine.cron_drives_tick() then 'pg_cron' else 'workers' end, 'has_cron', true,
      'last_run_at', v_started_at, 'last_status', v_status, 'last_message', v_message,
      'failed_jobs', v_failed, 'failing', v_failing
    );
  end if;
  return jsonb_build_object('driven_by', 'workers', 'has_cron', false, 'failing', v_failing);
end
$$;
comment on function engine.tick_facts() is
'{driven_by: pg_cron|workers, has_cron, last_run_at, last_status, last_message, failed_jobs[{job, message}], '
'failing[{step, subject, since, at, count, code, message}]}: how the tick is called, and what of it fails.';
revoke all on function engine.tick_facts() from public;

-- sql/40_functions/setup/upsert_assistant.sql
-- Registers an assistant that workflow nodes may name, keyed by the provider's own id. What a published
-- workflow sends does not change with it: that was copied when it was published. Whether it is active changes only when
-- it is said.
create or replace function public.upsert_assistant(
  p_name text,
  p_provider_assistant_id text,
  p_channel public.contact_channel default 'call',
  p_is_active boolean default null,
  p_team_id uuid default null,
  p_template text default null
)
returns public.assistants
language plpgsql
security definer -- writes public.assistants, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_issues jsonb := '[]'::jsonb;
  v_assistant public.assistants;
  v_is_active boolean;
begin
  if coalesce(btrim(p_name), '') = '' or length(btrim(p_name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if coalesce(btrim(p_provider_assistant_id), '') = '' or length(p_provider_assistant_id) > 200 then
    v_issues := v_issues || engine.issue(
      'provider_id_required', 'p_provider_assistant_id', 'The provider''s id of the assistant is missing or too long.'
    );
  end if;
  if p_channel is null then
    v_issues := v_issues || engine.issue('channel_required', 'p_channel', 'Say which channel: call or text.');
  end if;
  v_issues := v_issues || engine.assistant_template_issues(p_channel, p_template);
  perform engine.refuse_issues(v_issues, 'The assistant');
  select a.* into v_assistant
  from public.assistants as a
  where a.team_id = v_team_id and a.provider_assistant_id = btrim(p_provider_assistant_id) and a.channel = p_channel
  for no key update;
  v_is_active := coalesce(p_is_active, v_assistant.is_active, true);
  if v_assistant.is_active and not v_is_active then
    perform engine.refuse_while_sending(v_team_id, 'assistant', v_assistant.id, array[p_channel]);
  end if;
  insert into public.assistants as a (team_id, name, channel, provider_assistant_id, is_active, template)
  values (
    v_team_id, btrim(p_name), p_channel, btrim(p_provider_assistant_id), v_is_active, p_template
  )
  on conflict (team_id, provider_assistant_id, channel)
  do update set
    name = excluded.name,
    is_active = coalesce(p_is_active, a.is_active), -- one that somebody else adds at this moment was not seen above
    template = excluded.template
  returning a.* into v_assistant;
  return v_assistant;
end
$$;
comment on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text) is
'Adds or changes an assistant, keyed by the provider''s id and the channel. One for texts has the template that it writes, '
'with the variables of workflow templates; published workflows keep the one that they were published with. p_is_active null '
'leaves it as it is. OB005 naming the campaigns, SCHEDULED or ACTIVE, that need one that is switched off. Admin only.';
revoke all on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text) from public;
grant execute on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text)
to authenticated, service_role;

-- sql/40_functions/setup/upsert_integration.sql
-- Connects a provider account. What is stored is the name of its secret; workers hold the secret.
-- Saving an integration also lifts a pause and a lowered pace, as resume_integration does: whoever saves it says that the
-- cause is mended.
-- Only a backend with the service key may call it: the names of secrets are shared by the teams of a
-- deployment, and a team that could choose one could spend another team's money.
create or replace function public.upsert_integration(
  p_provider public.provider,
  p_secret_name text,
  p_account_ref text default null,
  p_concurrency_limit integer default 10,
  p_is_sandbox boolean default false,
  p_team_id uuid default null
)
returns public.integrations
language plpgsql
security definer -- writes public.integrations, which no role may write
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of resume_campaign
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_issues jsonb := '[]'::jsonb;
  v_integration public.integrations;
begin
  if p_provider is null then
    v_issues := v_issues || engine.issue('provider_required', 'p_provider', 'Say which provider.');
  end if;
  if p_secret_name is null or p_secret_name !~ '^[A-Z][A-Z0-9_]{0,62}$' then
    v_issues := v_issues || engine.issue(
      'secret_name_malformed', 'p_secret_name',
      'The secret''s name must be capital letters, digits and underscores; never the secret itself.'
    );
  end if;
  if p_provider = 'twilio' and coalesce(p_account_ref, '') !~ '^AC[0-9a-f]{32}$' then
    v_issues := v_issues || engine.issue(
      'account_sid_malformed', 'p_account_ref', 'A Twilio account SID is AC and 32 hexadecimal digits.'
    );
  end if;
  if length(p_account_ref) > 200 then
    v_issues := v_issues || engine.issue(
      'account_ref_length', 'p_account_ref', 'The account''s id has at most 200 characters.'
    );
  end if;
  if p_concurrency_limit is null or p_concurrency_limit not between 1 and 10000 then
    v_issues := v_issues || engine.issue(
      'concurrency_range', 'p_concurrency_limit', 'The limit of calls at once must be between 1 and 10000.'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The integration');
  perform engine.spread_held_jobs(v_team_id, p_provider);
  perform engine.note_account_change(v_team_id, p_provider, p_secret_name, p_account_ref);
  insert into public.integrations (team_id, provider, secret_name, account_ref, concurrency_limit, is_sandbox)
  values (v_team_id, p_provider, p_secret_name, p_account_ref, p_concurrency_limit, coalesce(p_is_sandbox, false))
  on conflict (team_id, provider) do update set
    secret_name = excluded.secret_name,
    account_ref = excluded.account_ref,
    concurrency_limit = excluded.concurrency_limit,
    is_sandbox = excluded.is_sandbox,
    status = 'ACTIVE',
    paused_reason = null,
    paused_at = null,
    pace_per_minute = null,
    pace_begins_at = null,
    pace_reason = null
  returning * into v_integration;
  return v_integration;
end
$$;
comment on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid) is
'Connects or changes a provider account and lifts its pause. Service role only.';
revoke all on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid) from public;
grant execute on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid)
to service_role;

-- sql/40_functions/setup/upsert_phone_number.sql
-- Registers a number that the team sends from. The engine trusts the verification flags, so only an
-- admin sets them, and they and the Vapi id change only when they are said: whoever changes a cap takes no campaign
-- off the air. Label and caps are set each time: null is no cap.
create or replace function public.upsert_phone_number(
  p_phone text,
  p_label text default null,
  p_vapi_phone_number_id text default null,
  p_is_verified_for_calls boolean default null,
  p_is_verified_for_texts boolean default null,
  p_team_id uuid default null,
  p_rate_per_minute integer default null,
  p_daily_limit integer default null
)
returns public.phone_numbers
language plpgsql
security definer -- writes public.phone_numbers, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_parsed record;
  v_before public.phone_numbers;
  v_number public.phone_numbers;
  v_lost public.contact_channel[];
begin
  select n.* into v_parsed
  from public.teams as t
  cross join engine.parse_phone(p_phone, t.country, t.is_sandbox) as n
  where t.id = v_team_id;
  select f.* into v_before
  from public.phone_numbers as f
  where f.team_id = v_team_id and f.phone = v_parsed.phone
  for no key update;
  v_number := v_before;
  v_number.phone := v_parsed.phone;
  v_number.label := nullif(btrim(p_label), '');
  v_number.vapi_phone_number_id := nullif(btrim(coalesce(p_vapi_phone_number_id, v_before.vapi_phone_number_id)), '');
  v_number.is_verified_for_calls := coalesce(p_is_verified_for_calls, v_before.is_verified_for_calls, false);
  v_number.is_verified_for_texts := coalesce(p_is_verified_for_texts, v_before.is_verified_for_texts, false);
  v_number.rate_per_minute := p_rate_per_minute;
  v_number.daily_limit := p_daily_limit;
  perform engine.refuse_issues(engine.phone_number_issues(v_number, v_parsed.problem), 'The phone number');
  v_lost := array(
    select c.channel
    from (values
      ('call'::public.contact_channel, v_before.is_verified_for_calls and not v_number.is_verified_for_calls),
      ('text', v_before.is_verified_for_texts and not v_number.is_verified_for_texts)
    ) as c (channel, is_lost)
    where c.is_lost
  );
  perform engine.refuse_while_sending(v_team_id, 'phone_number', v_before.id, v_lost);
  insert into public.phone_numbers as f (
    team_id, phone, label, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts, rate_per_minute, daily_limit
  )
  values (
    v_team_id, v_number.phone, v_number.label, v_number.vapi_phone_number_id, v_number.is_verified_for_calls,
    v_number.is_verified_for_texts, v_number.rate_per_minute, v_number.daily_limit
  )
  on conflict (team_id, phone) do update set
    label = excluded.label,
    -- One that somebody else adds at this moment was not seen above.
    vapi_phone_number_id = nullif(btrim(coalesce(p_vapi_phone_number_id, f.vapi_phone_number_id)), ''),
    is_verified_for_calls = coalesce(p_is_verified_for_calls, f.is_verified_for_calls),
    is_verified_for_texts = coalesce(p_is_verified_for_texts, f.is_verified_for_texts),
    rate_per_minute = excluded.rate_per_minute,
    daily_limit = excluded.daily_limit
  returning f.* into v_number;
  return v_number;
end
$$;
comment on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer) is
'Adds or changes a sending number, keyed by the number: p_rate_per_minute calls and texts in any 60 seconds and '
'p_daily_limit in a day of the team''s time zone, null for no cap. What it is verified for and its Vapi id stay when they are '
'null, and '''' takes the id away. OB005 naming the campaigns, SCHEDULED or ACTIVE, that need what is taken away. Admin only.';
revoke all on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer) from public;
grant execute on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer)
to authenticated, service_role;

-- sql/40_functions/tasks/fail_task_subject.sql
-- What the failure of a task means for what it was for: one branch a kind, and the one place that knows.
create or replace function engine.fail_task_subject(
  p_team_id uuid, p_kind engine.task_kind, p_subject_id uuid, p_code text, p_message text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_kind = 'refresh' and exists (
    select from public.audience_runs as r
    where r.team_id = p_team_id and r.id = p_subject_id and r.status in ('QUEUED', 'RUNNING')
  ) then
    perform engine.fail_run(p_team_id, p_subject_id, p_code, p_message);
  elsif p_kind = 'preview' then
    perform engine.end_preview(p_team_id, p_subject_id, null, p_code, p_message);
  elsif p_kind = 'catalogue' then
    update engine.servicetitan_catalogues as c
    set failure_code = p_code, failure_message = p_message
    where c.team_id = p_team_id and c.id = p_subject_id;
  elsif p_kind = 'hold' then
    perform engine.fail_hold(p_team_id, p_subject_id, p_code, p_message);
  end if; -- nothing waits for a watch: the tick queues the next one
end
$$;
comment on function engine.fail_task_subject(uuid, engine.task_kind, uuid, text, text) is
'Fails the run, preview, item or catalogue that a failed task was for.';
revoke all on function engine.fail_task_subject(uuid, engine.task_kind, uuid, text, text) from public;

-- sql/40_functions/workflows/store_graph.sql
-- Makes the stored nodes and edges of a draft equal to a graph that has been validated: what is gone
-- from it is deleted, the rest updated or added. Rows that did not change are not written. A graph that
-- comes without positions is arranged. The caller holds the lock on the workflow.
create or replace function engine.store_graph(p_team_id uuid, p_workflow_id uuid, p_graph jsonb)
returns void
language plpgsql
set search_path = ''
set enable_nestloop = off -- as in engine.graph_issues: the length of an array is not known to the planner
set jit = off
as $$
declare
  v_nodes engine.graph_node[] := engine.graph_nodes(engine.with_positions(p_graph));
  v_edges engine.graph_edge[] := engine.graph_edges(p_graph, v_nodes);
begin
  perform engine.keep_trigger(p_team_id, p_workflow_id, v_nodes);

  delete from public.workflow_edges as e
  where e.team_id = p_team_id and e.workflow_id = p_workflow_id
    and not exists (select from unnest(v_edges) as g where g.id = e.id);
  delete from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    and not exists (select from unnest(v_nodes) as g where g.id = n.id);

  insert into public.workflow_nodes as n
  select g.* from engine.node_rows(p_team_id, p_workflow_id, v_nodes) as g
  on conflict (team_id, workflow_id, id) do update
  set
    type = excluded.type, ordinal = excluded.ordinal, label = excluded.label,
    position_x = excluded.position_x, position_y = excluded.position_y, config = excluded.config
  where (n.type, n.ordinal, n.label, n.position_x, n.position_y, n.config) is distinct from
    (excluded.type, excluded.ordinal, excluded.label, excluded.position_x, excluded.position_y, excluded.config);
  perform engine.learn_size('public.workflow_nodes', cardinality(v_nodes)); -- for the edges that refer to it

  insert into public.workflow_edges as e
  select g.* from engine.edge_rows(p_team_id, p_workflow_id, v_edges) as g
  on conflict (team_id, workflow_id, id) do update
  set
    source = excluded.source, target = excluded.target, source_handle = excluded.source_handle,
    ordinal = excluded.ordinal, label = excluded.label, when_outcome = excluded.when_outcome,
    phrases = excluded.phrases, delay = excluded.delay, priority = excluded.priority
  where (e.source, e.target, e.source_handle, e.ordinal, e.label, e.when_outcome, e.phrases, e.delay, e.priority)
    is distinct from (
      excluded.source, excluded.target, excluded.source_handle, excluded.ordinal, excluded.label,
      excluded.when_outcome, excluded.phrases, excluded.delay, excluded.priority
    );
end
$$;
comment on function engine.store_graph(uuid, uuid, jsonb) is 'Makes a draft''s nodes and edges equal to a validated graph.';
revoke all on function engine.store_graph(uuid, uuid, jsonb) from public;

COMMENT ON COLUMN engine.enrollments.retry_count IS 'How often a retry opened it again, after it had failed or was left out for another number: the only way out of an end.';

COMMENT ON FUNCTION engine.count_failed_visits(p_campaign public.campaigns, p_reason_codes text[]) IS 'What a retry would take up: {retried, by_reason[{reason_code, enrollments}], by_node[{node_id, label, enrollments}]}.';

COMMENT ON TABLE engine.tasks IS 'Work for ServiceTitan: refreshes, previews, holds, catalogues, watches. Leased, resumed, never lost.';

COMMENT ON COLUMN engine.tasks.subject_id IS 'What it is for: the run, the preview, the outreach item, the catalogue, the watch.';

COMMENT ON FUNCTION engine.wake_cron() IS 'Lets pg_cron read its jobs again when it should call the tick and has not for three minutes; whether it did so.';

-- a migration is one transaction; contacts can be read, and wait a few seconds for a million of them to be written
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX contacts_by_customer ON public.contacts USING btree (team_id, servicetitan_customer_id) WHERE (servicetitan_customer_id IS NOT NULL);

create or replace trigger enrollments_take_legal_steps
before update of status on engine.enrollments
for each row
when (
  old.status is distinct from new.status and old.status <> 'ACTIVE'
  -- A retry, which counts itself: of what failed, and of who was left out for another number of hers.
  and not (
    (old.status = 'FAILED' or (old.status = 'SUPPRESSED' and old.reason_code = 'same_customer'))
    and new.status = 'ACTIVE' and new.retry_count > old.retry_count
  )
)
execute function engine.refuse_step('enrollment');

REVOKE ALL ON TYPE engine.beginning_job FROM PUBLIC;

REVOKE ALL ON TYPE engine.ended_job FROM PUBLIC;

REVOKE ALL ON TYPE engine.told_event FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.advance_enrollments(p_ended engine.ended_job[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.applied_migrations() FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.apply_known_events(p_events engine.told_event[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.assistant_blockers(p_team_id uuid, p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.awaits_place(p_enrollment engine.enrollments, p_channel public.contact_channel) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.bind_enrollments(p_campaign public.campaigns, p_jobs engine.new_job[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.check_other_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.check_usual_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.clock_lock() FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.credit_outcomes(p_ended engine.ended_job[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.done_items(p_team_id uuid, p_hashes bytea[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.doubled_numbers(p_campaign public.campaigns, p_candidates engine.candidate[], p_others engine.candidate[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.drop_old_slots() FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.drop_old_work(p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.due_priorities(p_campaign_id uuid, p_channel public.contact_channel, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.end_jobs(p_finished engine.finished_job[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.end_unheard(p_ends engine.event_reading[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.find_exclusions(p_team_id uuid, p_exclusions jsonb, p_candidates engine.candidate[], p_others engine.candidate[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.held_campaigns() FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.hold_clock() FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.hold_due(p_job_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.hold_places(p_team_id uuid, p_campaign_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.keep_member_work(p_team_id uuid, p_run_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.launch_scheduled_campaigns(p_enough integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.learn_size(p_table regclass, p_added bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.legal_week(p_channel public.contact_channel, p_region text) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.local_days(p_zone text, p_from timestamp with time zone, p_until timestamp with time zone, p_weekday integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.lock_jobs(p_job_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.lock_open_jobs(p_campaigns public.campaigns[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.lock_outreaches(p_team_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.named_at_provider(p_integration public.integrations) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.next_steps(p_ended engine.ended_job[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.nodes_without_assistant(p_team_id uuid, p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.note_account_change(p_team_id uuid, p_provider public.provider, p_secret_name text, p_account_ref text) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.note_tick_failures(p_steps text[], p_failures jsonb, p_untried text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.number_fault(p_code text) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.passed_over(p_campaign public.campaigns, p_enrollment_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.phone_number_issues(p_number public.phone_numbers, p_problem text) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.plan_outreach(p_list public.audience_lists, p_kind public.outreach_kind, p_channel public.contact_channel, p_outreach_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.proves_absence(p_attempt engine.attempts, p_asked_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.queue_watches() FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.read_answers(p_results jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.read_events(p_events engine.told_event[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.read_vapi_messages(p_types text[], p_messages jsonb[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.readmit_number(p_team_id uuid, p_phone text, p_channel public.contact_channel, p_source text, p_words text, p_said_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.refuse_in_use(p_team_id uuid, p_entity text, p_id uuid, p_campaign_ids uuid[], p_does text, p_do text, p_hint text) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.refuse_while_sending(p_team_id uuid, p_entity text, p_id uuid, p_channels public.contact_channel[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.rival_journeys(p_campaign public.campaigns, p_candidates engine.candidate[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.run_tick_steps(p_steps text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.same_customers(p_team_id uuid, p_candidates engine.candidate[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.sending_hold(p_team_id uuid, p_workflow_id uuid, p_phone_number_id uuid, p_channel public.contact_channel) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.spread_due_jobs(p_campaign public.campaigns, p_channels public.contact_channel[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.spread_held_jobs(p_team_id uuid, p_provider public.provider) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.start_issues(p_path text, p_at timestamp with time zone, p_team_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.store_events(p_told engine.events[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.takes_place(p_enrollment engine.enrollments) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.unchecked_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.was_tried(p_enrollment engine.enrollments) FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.work_kept_since() FROM PUBLIC;

REVOKE ALL ON FUNCTION engine.write_attempts(p_worker text, p_job_ids uuid[]) FROM PUBLIC;

-- sql/60_reference/call_ended_reasons.sql
-- From the provider's published list. Faults during a call count as failed: the person may have been
-- reached, so only the node's own retry rule may dial again.
insert into reference.call_ended_reasons (pattern, outcome, scope) values
('%', 'failed', 'job'),
('customer-ended-call%', 'answered', 'job'),
('assistant-ended-call%', 'answered', 'job'),
('assistant-said-end-call-phrase', 'answered', 'job'),
('assistant-forwarded-call', 'answered', 'job'),
('assistant-request-returned-forwarding-phone-number', 'answered', 'job'),
('silence-timed-out', 'answered', 'job'),
('exceeded-max-duration', 'answered', 'job'),
('vonage-completed', 'answered', 'job'),
('vonage-disconnected', 'answered', 'job'),
('call.in-progress.twilio-completed-call', 'answered', 'job'),
('call.in-progress.sip-completed-call', 'answered', 'job'),
('call.in-progress.error-warm-transfer-%', 'answered', 'job'),
('call.in-progress.error-transfer-failed', 'answered', 'job'),
('call.forwarding.operator-busy', 'answered', 'job'),
('call.forwarding.no-answer', 'answered', 'job'),
('call.ending.hook-executed-%', 'answered', 'job'),
('voicemail', 'voicemail', 'job'),
('customer-busy', 'busy', 'job'),
('twilio-reported-customer-misdialed', 'undeliverable', 'job'),
('customer-did-not-answer', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-408-%', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-480-%', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-503-%', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-486-%', 'busy', 'job'),
('call.in-progress.error-providerfault-outbound-sip-600-%', 'busy', 'job'),
('call.start.error-subscription-concurrency-limit-reached', 'failed', 'capacity'),
('call.start.error-subscription-%', 'failed', 'account'),
('call.start.error-fraud-check-failed', 'failed', 'account'),
('call.start.error-get-%', 'failed', 'account'),
('call.start.error-get-customer', 'failed', 'job'),
('assistant-not-found', 'failed', 'account'),
('assistant-not-valid', 'failed', 'account'),
('call.start.error-vapi-number-outbound-daily-limit', 'failed', 'account')
on conflict (pattern) do update set outcome = excluded.outcome, scope = excluded.scope;

-- sql/60_reference/consent_phrases.sql
-- The FCC's revocation words, the carriers' own, and phrases that nobody could take for anything else. Each
-- is written as engine.consent_words writes what people send: an apostrophe is a space, or was never typed.
insert into reference.consent_phrases (phrase, action, is_whole_message) values
('stop', 'opt_out', true),
('stopall', 'opt_out', true),
('stop all', 'opt_out', true),
('quit', 'opt_out', true),
('end', 'opt_out', true),
('revoke', 'opt_out', true),
('optout', 'opt_out', true),
('cancel', 'opt_out', true),
('unsubscribe', 'opt_out', false),
('opt out', 'opt_out', false),
('opt me out', 'opt_out', false),
('stop calling', 'opt_out', false),
('stop texting', 'opt_out', false),
('stop messaging', 'opt_out', false),
('stop contacting', 'opt_out', false),
('stop sending', 'opt_out', false),
('quit calling', 'opt_out', false),
('quit texting', 'opt_out', false),
('never call', 'opt_out', false),
('never text', 'opt_out', false),
('stop the calls', 'opt_out', false),
('stop the texts', 'opt_out', false),
('stop these', 'opt_out', false),
('do not call', 'opt_out', false),
('do not text', 'opt_out', false),
('do not contact', 'opt_out', false),
('don t call', 'opt_out', false),
('don t text', 'opt_out', false),
('don t contact', 'opt_out', false),
('please stop', 'opt_out', false),
('stop please', 'opt_out', true),
('pls stop', 'opt_out', false),
('plz stop', 'opt_out', false),
('s t o p', 'opt_out', true),
('stop it', 'opt_out', true),
('stop now', 'opt_out', true),
('no more calls', 'opt_out', false),
('no more texts', 'opt_out', false),
('no more messages', 'opt_out', false),
('remove me', 'opt_out', false),
('take me off', 'opt_out', false),
('leave me alone', 'opt_out', false),
('lose my number', 'opt_out', false),
('delete my number', 'opt_out', false),
('do not message', 'opt_out', false),
('don t message', 'opt_out', false),
('dont call', 'opt_out', false),
('dont text', 'opt_out', false),
('dont contact', 'opt_out', false),
('dont message', 'opt_out', false),
('never contact', 'opt_out', false),
('never message', 'opt_out', false),
('revoke consent', 'opt_out', false),
('revoke my consent', 'opt_out', false),
('withdraw consent', 'opt_out', false),
('withdraw my consent', 'opt_out', false),
('no me llame', 'opt_out', false),
('no me llamen', 'opt_out', false),
('no mas llamadas', 'opt_out', false),
('no más llamadas', 'opt_out', false),
('no mas mensajes', 'opt_out', false),
('no más mensajes', 'opt_out', false),
('start', 'opt_in', true),
('unstop', 'opt_in', true)
on conflict (phrase) do update set action = excluded.action, is_whole_message = excluded.is_whole_message;

-- sql/60_reference/edge_rules.sql
-- `any` leaves out a booking, which goes on only over an edge that says `booked`, and an opt-out,
-- which never goes on. A call has no rule of its own for a number that cannot be called: to whoever draws one it
-- has failed. A trigger has no outcome of its own: its one rule matches whatever there is.
insert into reference.edge_rules (node_type, rule, outcome, is_partial, needs_reply_window)
select 'call'::public.node_type, r.rule, o.outcome, false, false
from (
  values
  ('booked', array['booked']),
  ('answered', array['answered']),
  ('voicemail', array['voicemail']),
  ('no_answer', array['no_answer']),
  ('busy', array['busy']),
  ('failed', array['undeliverable', 'failed']),
  ('not_booked', array['answered', 'voicemail', 'no_answer', 'busy', 'undeliverable', 'failed']),
  ('any', array['answered', 'voicemail', 'no_answer', 'busy', 'undeliverable', 'failed'])
) as r (rule, outcomes)
cross join unnest(r.outcomes::public.job_outcome[]) as o (outcome)
union all
select 'text', r.rule, o.outcome, r.rule = 'reply_matches', r.waits
from (
  values
  ('booked', array['booked'], true),
  ('replied', array['replied'], true),
  ('reply_matches', array['replied'], true),
  ('no_reply', array['no_reply'], true),
  ('opted_in', array['opted_in'], true),
  ('undeliverable', array['undeliverable'], false),
  ('failed', array['failed'], false),
  ('any', array['delivered', 'replied', 'no_reply', 'opted_in', 'undeliverable', 'failed'], false)
) as r (rule, outcomes, waits)
cross join unnest(r.outcomes::public.job_outcome[]) as o (outcome)
union all
select 'trigger', 'any', o.outcome, false, false
from unnest(enum_range(null::public.job_outcome)) as o (outcome)
on conflict (node_type, rule, outcome) do update
  set is_partial = excluded.is_partial, needs_reply_window = excluded.needs_reply_window;

-- sql/60_reference/import_problems.sql
-- The codes are part of the contract with frontends; docs/audiences.md lists them.
insert into reference.import_problems (code, severity, message) values
('phone_missing', 'error', 'There is no phone number.'),
('phone_not_a_number', 'error', 'This is not a phone number.'),
('phone_scientific_notation', 'error', 'A spreadsheet rounded this number; its last digits are lost. Format the column as text and export again.'),
('phone_too_short', 'error', 'The number has too few digits.'),
('phone_too_long', 'error', 'The number has too many digits.'),
('phone_without_area_code', 'error', 'The number has no area code.'),
('phone_area_code_unassigned', 'error', 'No such area code is assigned.'),
('phone_exchange_impossible', 'error', 'No number can have these three digits after the area code.'),
('phone_premium_rate', 'error', 'Numbers that charge the caller are not called.'),
('phone_needs_plus', 'error', 'Numbers outside North America must be written with + and the country code.'),
('phone_country_unknown', 'error', 'No country has this calling code.'),
('phone_length_impossible', 'error', 'Numbers of this country do not have this many digits.'),
('phone_fictitious', 'error', 'The number is reserved for fiction; only sandbox teams may hold it.'),
('phone_do_not_text', 'error', 'ServiceTitan says that none of the customer''s numbers may be texted.'),
('phone_declines_marketing', 'error', 'The customer''s numbers are marked as not wanting marketing.'),
('phone_extra_unused', 'info', 'Another number of this row is not used.'),
('duplicate_phone', 'info', 'The number is in an earlier row, which was used.'),
('excluded_phone', 'info', 'The list leaves this number out.'),
('excluded_in_list', 'info', 'The customer, under this number or another, is in a list that this one leaves out.'),
('excluded_in_campaign', 'info', 'The customer, under this number or another, is in a campaign that the list leaves out.'),
('excluded_tag', 'info', 'The customer has a tag that the list leaves out.'),
('excluded_recently_contacted', 'info', 'The customer, under this number or another, was called or texted within the time that the list leaves out.'),
('excluded_booked', 'info', 'The customer, under this number or another, has booked, and the list leaves out who has.'),
('email_invalid', 'warning', 'This is not an e-mail address; the row is used without it.'),
('timezone_unknown', 'warning', 'This is not a time zone; the area code decides.'),
('customer_id_invalid', 'warning', 'A customer id is a whole number; the row is used without it.'),
('value_too_long', 'warning', 'The value is longer than 200 characters and was cut.'),
('row_has_extra_cells', 'warning', 'The row has more cells than the header; a quote may be missing.')
on conflict (code) do update set severity = excluded.severity, message = excluded.message;

-- sql/60_reference/reasons.sql
-- What explain_contact says. docs/operations.md lists them; a test finds codes of the gate that are missing.
insert into reference.reasons (code, message, cure) values
-- the gate: closed for good
('campaign_cancelled', 'The campaign was cancelled.', 'Nothing: cancelling is meant to stop everything.'),
('enrollment_ended', 'The journey through the campaign was over.', 'Nothing; the end has a reason of its own.'),
('suppressed_opted_out', 'The number has opted out.', 'Nothing, unless she opts in again herself.'),
('suppressed_do_not_contact', 'The number is on the do-not-contact list.', 'An admin can lift the entry when it is wrong.'),
('suppressed_do_not_text', 'The number must not be texted.', 'Call instead, or mend the contact in ServiceTitan.'),
(
  'suppressed_do_not_service', 'ServiceTitan marks the customer doNotService.',
  'Mend the customer in ServiceTitan when the mark is wrong.'
),
('suppressed_invalid', 'The number is known to be invalid.', 'Correct the number at its source and refresh the list.'),
('suppressed_litigator', 'The number belongs to a known litigator.', 'Nothing.'),
(
  'number_is_fictitious', 'The number is reserved for fiction, and the account is a real one.',
  'Use such numbers only with sandbox accounts.'
),
('timezone_unknown', 'Nobody knows in which time zone the contact is.', 'Give the contact a ZIP code or a time zone.'),
('too_late', 'It was later than the campaign allows.', 'Raise max_lateness in a new campaign, or retry what failed.'),
('never_open', 'No hour is open both by law and by the node.', 'Widen the business hours of the node.'),
-- the gate: held until somebody acts
('campaign_not_active', 'The campaign was not active.', 'Resume the campaign.'),
('integration_paused', 'The provider''s account is paused.', 'See the reason at the integration, mend it, and turn it on again.'),
(
  'number_not_verified', 'The campaign''s sending number is no longer verified for what would be sent.',
  'Verify the number again; everything goes on by itself then.'
),
(
  'assistant_inactive', 'An assistant that the campaign''s calls or texts need is no longer active.',
  'Activate the assistant again; everything goes on by itself then.'
),
('live_account_in_sandbox', 'The account is a real one, and this is a sandbox.', 'Connect the sandbox''s account.'),
('undecided', 'The gate could not decide, and lets nobody through then.', 'Report it: this is a defect.'),
-- the gate: put off
('outside_hours', 'It was outside the hours in which the contact may be reached.', 'Nothing: it goes out when they open.'),
('call_in_progress', 'Another call to the number was going on.', 'Nothing: it is tried again in ten minutes.'),
('one_at_a_time', 'Another job for the same number was first.', 'Nothing: it is tried again in ten minutes.'),
('stop_in_progress', 'Somebody was stopping the number at that moment.', 'Nothing: it is closed, or tried again ten seconds later.'),
('held_elsewhere', 'Its campaign or contact was being changed at that moment.', 'Nothing: it is tried again ten seconds later.'),
('daily_limit', 'The law allows no more contacts with the number on that day.', 'Nothing: it goes out on the next day.'),
(
  'frequency_cap', 'The team contacts one number no oftener, whatever the campaign.',
  'Nothing: it goes out when the oldest contact no longer counts, and is closed if that is too late. An admin sets the cap.'
),
(
  'frequency_priority', 'The last contact that the team''s cap leaves is for a better campaign.',
  'Nothing: it is tried again in ten minutes. Give the campaign a better priority than the other one.'
),
('number_rate', 'The sending number had made as many requests in a minute as it may.', 'Nothing: it goes out a moment later.'),
(
  'number_daily_limit', 'The sending number had made as many contacts on that day as it may.',
  'Nothing: it goes out on the team''s next day. An admin sets the limit.'
),
(
  'account_paced', 'The provider said that it was too much, and the account went on more slowly.',
  'Nothing: it recovers by itself. See the health of the integration.'
),
-- left out at launch
('excluded_phone', 'The number is among those that are left out.', 'Take it off the exclusions of the next campaign.'),
('excluded_in_list', 'The customer, under this number or another, is in a list that is left out.', 'Take the list off the exclusions of the next campaign.'),
('excluded_in_campaign', 'The customer, under this number or another, is in a campaign that is left out.', 'Take it off the exclusions of the next campaign.'),
('excluded_tag', 'The customer has a tag that is left out.', 'Take the tag off the exclusions of the next campaign.'),
('excluded_recently_contacted', 'The customer, under this number or another, was called or texted a short time before.', 'Launch again later.'),
('excluded_booked', 'The customer, under this number or another, had booked already.', 'Nothing: she has booked.'),
('not_targeted', 'The contact is not among those that the campaign targets.', 'Widen the targeting of the next campaign.'),
(
  'same_customer', 'The customer is in the campaign under another number.',
  'Nothing: one number of a customer is enough. When the other one proves dead, a retry of what failed takes up this one.'
),
-- never enrolled
('not_a_member', 'The contact is not in the campaign''s list.', 'See the runs of the list: excluded, rejected, or never matched.'),
('campaign_not_launched', 'The campaign has not been launched.', 'Launch it.'),
('campaign_scheduled', 'The campaign starts later.', 'Nothing: she is enrolled when it starts.'),
('campaign_never_ran', 'The campaign was cancelled before it was launched.', 'Create another campaign.'),
(
  'joined_too_late', 'The contact came into the list after the launch, and the campaign does not enroll continuously.',
  'Enroll continuously in the next campaign.'
),
('hold_pending', 'The appointment is put on hold first.', 'Nothing: the contact is enrolled when it is held.'),
('hold_failed', 'The appointment could not be put on hold.', 'See the hold''s own reason, then retry it.'),
('hold_cancelled', 'The outreach was cancelled before the appointment was held.', 'Launch another outreach.'),
('left_out_of_outreach', 'The outreach left the contact out.', 'See the dry run of the outreach.'),
-- what came of requests
('booked', 'The contact booked.', 'Nothing.'),
('opted_out', 'The contact opted out.', 'Nothing, unless she opts in again herself.'),
('opted_in', 'The contact opted in.', 'Nothing.'),
('answered', 'The call was answered.', 'Nothing.'),
('voicemail', 'The call reached a voicemail.', 'Nothing, or let the node try again.'),
('no_answer', 'Nobody answered.', 'Nothing, or let the node try again.'),
('busy', 'The line was busy.', 'Nothing, or let the node try again.'),
('delivered', 'The text was delivered.', 'Nothing.'),
('replied', 'The contact replied.', 'Nothing.'),
('inbound_text', 'The contact wrote back.', 'Nothing.'),
('no_reply', 'Nobody replied in time.', 'Nothing.'),
('reply_window_over', 'Nobody replied in time.', 'Nothing.'),
('undeliverable', 'The number cannot be reached.', 'Correct the number at its source.'),
('failed', 'The request failed.', 'See the attempts, then retry what failed.'),
('refused', 'The provider refused the request.', 'See the attempt''s code at the provider.'),
('retries_exhausted', 'The provider kept asking to try later until the budget of retries was spent.', 'Retry what failed.'),
('provider_lost_it', 'The provider took the request and knows nothing of it any more.', 'Retry what failed.'),
(
  'account_changed', 'It was in doubt whether the request had arrived when another account was connected, which can''t say.',
  'See at the account of before whether she was reached, and retry if not.'
),
('sent_unconfirmed', 'The carrier never confirmed the delivery.', 'Nothing: it is taken as delivered.'),
('never_sent', 'The provider kept the text queued for two days.', 'Retry what failed.'),
('never_ended', 'The provider kept calling the call unfinished for six hours.', 'Retry what failed.'),
('lease_expired', 'The worker went silent while it was sending.', 'Nothing: the provider is asked before anything is sent again.'),
('worker_fault', 'The worker failed while it was sending.', 'See the worker''s log, and report it.'),
('tool_call', 'The assistant recorded it during the call.', 'Nothing.'),
(
  'job_cancelled', 'The job or appointment that the contact was enrolled for was cancelled in ServiceTitan.',
  'Nothing. When it was a mistake, call the contact yourself, or launch again.'
),
('cancelled_by_operator', 'An operator called it off.', 'Retry what failed does not bring it back; launch again.'),
-- what providers say, as far as it is common; they have more codes than a list can hold
('21211', 'The provider takes it for no phone number.', 'Correct the number at its source.'),
('21266', 'The contact has the very number that sends.', 'Take the contact off the list.'),
('21408', 'The account may not text to that country.', 'Enable the country at the provider, then retry what failed.'),
('21610', 'The number has opted out at the provider.', 'Nothing, unless she opts in again herself.'),
('21612', 'The sending number cannot reach the number.', 'Call instead, or send from another number.'),
('21614', 'The number is no mobile number.', 'Call instead.'),
('21635', 'The number is a landline.', 'Call instead.'),
('30003', 'The phone was switched off or out of reach.', 'Retry what failed later; correct the number when it stays so.'),
('30004', 'The person or her carrier blocks texts from the sending number.', 'Call instead.'),
('30005', 'The carrier knows no such number.', 'Correct the number at its source.'),
('30006', 'The number is a landline, or its carrier takes no texts.', 'Call instead.'),
(
  '30007', 'The carrier took the text for spam.',
  'Word the template less like an advertisement, and see the registration of the sending number.'
),
('30008', 'The text was not delivered, and the carrier said no reason.', 'Retry what failed.'),
(
  '30034', 'The sending number is not registered for texts to the United States.',
  'Register it at the provider (A2P 10DLC), then retry what failed.'
),
('twilio-failed-to-connect-call', 'The carrier could not connect the call.', 'Retry what failed.'),
('twilio-reported-customer-misdialed', 'The number is not in service.', 'Correct the number at its source.')
on conflict (code) do update set message = excluded.message, cure = excluded.cure;

-- sql/60_reference/simulated_outcomes.sql
-- Shares as home-service campaigns see them, roughly; a script is there for whoever wants to be exact.
insert into reference.simulated_outcomes (node_type, awaits_reply, outcome, weight, takes)
select s.node_type::public.node_type, s.awaits_reply, s.outcome::public.job_outcome, s.weight, s.takes
from (
  values
  ('call', false, 'booked', 12, interval '4 minutes'),
  ('call', false, 'answered', 28, interval '2 minutes'),
  ('call', false, 'voicemail', 24, interval '40 seconds'),
  ('call', false, 'no_answer', 22, interval '40 seconds'),
  ('call', false, 'busy', 6, interval '10 seconds'),
  ('call', false, 'opted_out', 4, interval '1 minute'),
  ('call', false, 'undeliverable', 3, interval '5 seconds'),
  ('call', false, 'failed', 1, interval '5 seconds'),
  ('text', false, 'delivered', 90, interval '5 seconds'),
  ('text', false, 'undeliverable', 6, interval '5 seconds'),
  ('text', false, 'opted_out', 2, interval '5 seconds'),
  ('text', false, 'failed', 2, interval '5 seconds'),
  ('text', true, 'no_reply', 58, null),
  ('text', true, 'replied', 24, interval '12 minutes'),
  ('text', true, 'booked', 4, interval '20 minutes'),
  ('text', true, 'opted_in', 1, interval '12 minutes'),
  ('text', true, 'opted_out', 5, interval '12 minutes'),
  ('text', true, 'undeliverable', 6, interval '5 seconds'),
  ('text', true, 'failed', 2, interval '5 seconds')
) as s (node_type, awaits_reply, outcome, weight, takes)
on conflict (node_type, awaits_reply, outcome) do update set weight = excluded.weight, takes = excluded.takes;

-- sql/60_reference/transitions.sql
-- Kept equal to the triggers by a test that tries every pair. Of a campaign COMPLETED to ACTIVE, and of an
-- enrollment FAILED to ACTIVE, are legal only together with a rising retry_count: a retry of what failed. So is SUPPRESSED
-- to ACTIVE, of who was left out for another number of the customer (same_customer) alone.
insert into reference.transitions (entity, from_status, to_status) values
('audience_list', 'ACTIVE', 'ARCHIVED'),
('audience_list', 'ARCHIVED', 'ACTIVE'),
('audience_run', 'QUEUED', 'RUNNING'),
('audience_run', 'QUEUED', 'FAILED'),
('audience_run', 'RUNNING', 'SUCCEEDED'),
('audience_run', 'RUNNING', 'PARTIAL'),
('audience_run', 'RUNNING', 'FAILED'),
('campaign', 'CREATED', 'SCHEDULED'),
('campaign', 'CREATED', 'ACTIVE'),
('campaign', 'CREATED', 'CANCELLED'),
('campaign', 'SCHEDULED', 'CREATED'),
('campaign', 'SCHEDULED', 'ACTIVE'),
('campaign', 'SCHEDULED', 'CANCELLED'),
('campaign', 'ACTIVE', 'PAUSED'),
('campaign', 'ACTIVE', 'COMPLETED'),
('campaign', 'ACTIVE', 'CANCELLED'),
('campaign', 'PAUSED', 'ACTIVE'),
('campaign', 'PAUSED', 'CANCELLED'),
('campaign', 'COMPLETED', 'ACTIVE'),
('enrollment', 'ACTIVE', 'COMPLETED'),
('enrollment', 'ACTIVE', 'BOOKED'),
('enrollment', 'ACTIVE', 'OPTED_OUT'),
('enrollment', 'ACTIVE', 'SUPPRESSED'),
('enrollment', 'ACTIVE', 'FAILED'),
('enrollment', 'ACTIVE', 'CANCELLED'),
('enrollment', 'FAILED', 'ACTIVE'),
('enrollment', 'SUPPRESSED', 'ACTIVE'),
('job', 'READY', 'CLAIMED'),
('job', 'READY', 'DISPATCHED'),
('job', 'READY', 'CANCELLED'),
('job', 'CLAIMED', 'READY'),
('job', 'CLAIMED', 'DISPATCHED'),
('job', 'CLAIMED', 'AMBIGUOUS'),
('job', 'CLAIMED', 'FAILED'),
('job', 'CLAIMED', 'CANCELLED'),
('job', 'DISPATCHED', 'DONE'),
('job', 'DISPATCHED', 'FAILED'),
('job', 'DISPATCHED', 'CANCELLED'),
('job', 'AMBIGUOUS', 'DISPATCHED'),
('job', 'AMBIGUOUS', 'READY'),
('job', 'AMBIGUOUS', 'FAILED'),
('job', 'AMBIGUOUS', 'CANCELLED'),
('outreach_item', 'HOLDING', 'HOLD_FAILED'),
('outreach_item', 'HOLDING', 'ENROLLED'),
('outreach_item', 'HOLDING', 'CANCELLED'),
('outreach_item', 'HOLD_FAILED', 'HOLDING'),
('outreach_item', 'HOLD_FAILED', 'CANCELLED'),
('outreach_item', 'ENROLLED', 'CANCELLED')
on conflict do nothing;

-- sql/60_reference/workflow_transitions.sql
-- The life of a workflow, beside the other state machines.
insert into reference.transitions (entity, from_status, to_status) values
('workflow', 'DRAFT', 'PUBLISHED'),
('workflow', 'DRAFT', 'ARCHIVED'),
('workflow', 'PUBLISHED', 'ARCHIVED')
on conflict do nothing;

-- sql/70_cron/tick.sql
-- Once a minute, where pg_cron is there; elsewhere the workers call the same functions. A job for each part of the
-- tick: pg_cron gives each a session of its own, so that none waits for another. A hosted project has pg_cron on offer
-- and lets postgres create it; and it ends every statement after two minutes, which the launch of a large list may take.
-- What a function sets itself comes too late for its own statement.
do $$
declare
  v_patience constant text := 'set statement_timeout = ''10min''; ';
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron' and installed_version is null)
    and current_setting('cron.database_name', true) = current_database()
  then
    begin
      create extension pg_cron;
    exception when insufficient_privilege or feature_not_supported then
      raise notice 'pg_cron cannot be created here; the workers will call the tick';
    end;
  end if;
  if exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    perform cron.schedule('outbound-tick', '* * * * *', v_patience || 'select engine.tick_work()');
    perform cron.schedule('outbound-launches', '* * * * *', v_patience || 'select engine.tick_launches()');
    perform cron.schedule('outbound-upkeep', '* * * * *', v_patience || 'select engine.tick_upkeep()');
  end if;
end
$$;

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.weekday_name(date);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.template_values(public.teams, public.contacts, public.audience_members);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.read_vapi_message(text, jsonb, public.job_outcome, text);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.legal_window(public.contact_channel, text, date);

-- nobody else may call it
-- squawk-ignore ban-drop-function
drop function engine.check_range(uuid, uuid, bigint, bigint);

-- Holds that had failed after their outreach was cancelled kept their customers from the next one.
update public.outreach_items as i
set status = 'CANCELLED'
from public.campaigns as c
where i.team_id = c.team_id and i.campaign_id = c.id and c.status = 'CANCELLED' and i.status = 'HOLD_FAILED';
