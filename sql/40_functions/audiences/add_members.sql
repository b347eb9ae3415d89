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
