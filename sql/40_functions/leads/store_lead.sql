-- Makes an accepted lead a member of its list, unless the list leaves the person out. Jobs that its
-- campaigns make go before others when it is urgent.
create or replace function engine.store_lead(
  p_list public.audience_lists, p_lead_id uuid, p_row engine.checked_rows, p_urgency public.lead_urgency
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_contact_id uuid;
begin
  insert into engine.checked_rows select (p_row).*;
  if engine.mark_excluded(p_row.team_id, p_row.run_id, p_list.exclusions) = 0 then
    perform engine.store_run(p_row.team_id, p_row.run_id, p_list.id);
    select c.id into v_contact_id from public.contacts as c where c.team_id = p_row.team_id and c.phone = p_row.phone;
  end if;
  update public.leads as l
  set
    status = case when v_contact_id is null then 'EXCLUDED' else 'ACCEPTED' end::public.lead_status,
    contact_id = v_contact_id,
    problems = (
      select engine.lead_problems(k.issues) from engine.checked_rows as k
      where k.team_id = p_row.team_id and k.run_id = p_row.run_id and k.row_number = p_row.row_number
    )
  where l.team_id = p_list.team_id and l.id = p_lead_id;
  delete from engine.checked_rows as k
  where k.team_id = p_row.team_id and k.run_id = p_row.run_id and k.row_number = p_row.row_number;
  -- No campaign's jobs are less urgent than a normal lead, and nothing need be lifted.
  if p_urgency <> 'normal' then
    update engine.jobs as j
    set priority = least(j.priority, engine.urgency_priority(p_urgency))
    from public.campaigns as c
    where j.team_id = p_list.team_id and j.contact_id = v_contact_id and j.status = 'READY'
      and c.team_id = j.team_id and c.id = j.campaign_id and c.list_id = p_list.id and c.is_continuous
      and j.priority > engine.urgency_priority(p_urgency);
  end if;
end
$$;
comment on function engine.store_lead(public.audience_lists, uuid, engine.checked_rows, public.lead_urgency) is
'Stores the contact and membership of a lead, or that it was excluded.';
revoke all on function engine.store_lead(public.audience_lists, uuid, engine.checked_rows, public.lead_urgency) from public;
