-- Members who stay have today's facts: another appointment, another job.
create or replace function engine.update_member_facts(p_run public.audience_runs)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.audience_members as m
  set
    servicetitan_customer_id = k.servicetitan_customer_id, servicetitan_job_id = f.servicetitan_job_id,
    servicetitan_job_type_id = f.servicetitan_job_type_id, servicetitan_appointment_id = f.servicetitan_appointment_id,
    appointment_starts_at = f.appointment_starts_at
  from engine.checked_rows as k
  inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
  left join engine.member_facts as f on k.team_id = f.team_id and k.run_id = f.run_id and k.row_number = f.row_number
  where
    k.team_id = p_run.team_id and k.run_id = p_run.id and k.verdict = 'accepted'
    and m.team_id = p_run.team_id and m.list_id = p_run.list_id and m.contact_id = c.id
    and (
      m.servicetitan_customer_id, m.servicetitan_job_id, m.servicetitan_job_type_id, m.servicetitan_appointment_id,
      m.appointment_starts_at
    ) is distinct from (
      k.servicetitan_customer_id, f.servicetitan_job_id, f.servicetitan_job_type_id, f.servicetitan_appointment_id,
      f.appointment_starts_at
    )
$$;
comment on function engine.update_member_facts(public.audience_runs) is 'Gives members the ServiceTitan facts of the run.';
revoke all on function engine.update_member_facts(public.audience_runs) from public;
