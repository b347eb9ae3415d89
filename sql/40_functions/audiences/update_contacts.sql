-- A contact that is there keeps what the rows leave empty; what they say wins. Contacts are locked in order
-- of their number, always, so that two imports of a team wait for each other instead of deadlocking.
create or replace function engine.update_contacts(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  with changed as materialized (
    select
      c.id,
      k.row_number
    from engine.checked_rows as k
    inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
      and (
        coalesce(k.phone_extension, c.phone_extension), coalesce(k.first_name, c.first_name),
        coalesce(k.last_name, c.last_name), coalesce(k.email, c.email), coalesce(k.timezone, c.timezone),
        coalesce(k.postal_code, c.postal_code), coalesce(k.servicetitan_customer_id, c.servicetitan_customer_id)
      ) is distinct from (
        c.phone_extension, c.first_name, c.last_name, c.email, c.timezone, c.postal_code, c.servicetitan_customer_id
      )
    order by c.phone collate "C"
    for no key update of c
  )
  update public.contacts as c
  set
    phone_extension = coalesce(k.phone_extension, c.phone_extension),
    first_name = coalesce(k.first_name, c.first_name),
    last_name = coalesce(k.last_name, c.last_name),
    email = coalesce(k.email, c.email),
    timezone = coalesce(k.timezone, c.timezone),
    postal_code = coalesce(k.postal_code, c.postal_code),
    servicetitan_customer_id = coalesce(k.servicetitan_customer_id, c.servicetitan_customer_id),
    -- the zones of a stated zone, else of a ZIP code, from whichever of the two rows knows one
    timezones = case
      when k.timezone is not null then k.timezones
      when c.timezone is not null or (k.postal_code is null and c.postal_code is not null) then c.timezones
      else k.timezones
    end,
    regions = case when k.postal_code is null and c.postal_code is not null then c.regions else k.regions end,
    updated_at = engine.now()
  from changed as n
  inner join engine.checked_rows as k
    on k.team_id = p_team_id and k.run_id = p_run_id and n.row_number = k.row_number
  where c.team_id = p_team_id and c.id = n.id;
end
$$;
comment on function engine.update_contacts(uuid, uuid) is
'Writes what a run''s accepted rows say of contacts that are there into them; those of whom they say nothing new are left alone.';
revoke all on function engine.update_contacts(uuid, uuid) from public;
