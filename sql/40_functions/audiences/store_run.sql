-- Makes members of the accepted rows. A contact that is there keeps what the file leaves empty; what
-- the file says wins. Contacts are written in order of their number, always, so that two imports of a
-- team wait for each other instead of deadlocking.
create or replace function engine.store_run(p_team_id uuid, p_run_id uuid, p_list_id uuid)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := engine.now();
  v_added bigint;
begin
  insert into public.contacts as c (
    team_id, id, phone, phone_extension, first_name, last_name, email, timezone, timezones, regions, postal_code,
    servicetitan_customer_id, created_at, updated_at
  )
  select
    p_team_id, k.contact_id, k.phone, k.phone_extension, k.first_name, k.last_name, k.email, k.timezone, k.timezones,
    k.regions, k.postal_code, k.servicetitan_customer_id, v_now, v_now
  from engine.checked_rows as k
  where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
  order by k.phone collate "C"
  on conflict (team_id, phone) do update set
    phone_extension = coalesce(excluded.phone_extension, c.phone_extension),
    first_name = coalesce(excluded.first_name, c.first_name),
    last_name = coalesce(excluded.last_name, c.last_name),
    email = coalesce(excluded.email, c.email),
    timezone = coalesce(excluded.timezone, c.timezone),
    postal_code = coalesce(excluded.postal_code, c.postal_code),
    servicetitan_customer_id = coalesce(excluded.servicetitan_customer_id, c.servicetitan_customer_id),
    -- the zones of a stated zone, else of a ZIP code, from whichever of the two rows knows one
    timezones = case
      when excluded.timezone is not null then excluded.timezones
      when c.timezone is not null or (excluded.postal_code is null and c.postal_code is not null) then c.timezones
      else excluded.timezones
    end,
    regions = case
      when excluded.postal_code is null and c.postal_code is not null then c.regions else excluded.regions
    end,
    updated_at = excluded.updated_at
  where (
    coalesce(excluded.phone_extension, c.phone_extension), coalesce(excluded.first_name, c.first_name),
    coalesce(excluded.last_name, c.last_name), coalesce(excluded.email, c.email),
    coalesce(excluded.timezone, c.timezone), coalesce(excluded.postal_code, c.postal_code),
    coalesce(excluded.servicetitan_customer_id, c.servicetitan_customer_id)
  ) is distinct from (
    c.phone_extension, c.first_name, c.last_name, c.email, c.timezone, c.postal_code, c.servicetitan_customer_id
  );
  insert into public.audience_members (
    team_id, list_id, contact_id, servicetitan_customer_id, servicetitan_job_id, servicetitan_job_type_id,
    servicetitan_appointment_id, appointment_starts_at, added_at
  )
  select
    p_team_id, p_list_id, c.id, k.servicetitan_customer_id, f.servicetitan_job_id, f.servicetitan_job_type_id,
    f.servicetitan_appointment_id, f.appointment_starts_at, v_now
  from engine.checked_rows as k
  inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
  left join engine.member_facts as f on k.team_id = f.team_id and k.run_id = f.run_id and k.row_number = f.row_number
  where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
  order by c.id
  on conflict (team_id, list_id, contact_id) do nothing;
  get diagnostics v_added = row_count;
  return v_added;
end
$$;
comment on function engine.store_run(uuid, uuid, uuid) is
'Upserts the contacts of a run''s accepted rows and adds them to the list; returns how many members are new.';
revoke all on function engine.store_run(uuid, uuid, uuid) from public;
