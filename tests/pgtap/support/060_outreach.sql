-- What outreach needs of ServiceTitan: an account, and the reasons that appointments are held for. 501 is
-- active, 505 is not.
create function tests.connect_holds(p_team_id uuid, p_account_ref text default '4711')
returns void
language sql
volatile
security definer -- whoever the test is acting as
set search_path = ''
as $$
  insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox)
  values (p_team_id, 'servicetitan', p_account_ref, 'ST', true)
  on conflict do nothing;
  insert into engine.servicetitan_catalogue (team_id, kind, id, name, is_active)
  values (p_team_id, 'hold_reasons', '501', 'Customer asked', true), (p_team_id, 'hold_reasons', '505', 'Old', false)
  on conflict do nothing;
$$;

-- Gives the members of a list jobs and appointments, in order of their numbers; the last p_without get none.
create function tests.give_appointments(p_list_id uuid, p_without integer default 0)
returns void
language sql
volatile
security definer -- whoever the test is acting as
set search_path = ''
as $$
  update public.audience_members as m
  set servicetitan_job_id = 7000 + r.n, servicetitan_appointment_id = 9000 + r.n, servicetitan_customer_id = 100 + r.n
  from (
    select
      k.contact_id, row_number() over (order by c.phone) as n,
      row_number() over (order by c.phone desc) > p_without as is_given
    from public.audience_members as k
    inner join public.contacts as c on k.team_id = c.team_id and k.contact_id = c.id
    where k.list_id = p_list_id
  ) as r
  where m.list_id = p_list_id and m.contact_id = r.contact_id and r.is_given
$$;

-- A launch as the usual operator presses it: reschedule by call, held for reason 501.
create function tests.reschedule(p_list_id uuid, p_dry_run boolean default false, p_reason_id bigint default 501)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select public.launch_outreach(
    p_list_id, 'reschedule', 'call',
    (select f.id from public.phone_numbers as f inner join public.audience_lists as l on f.team_id = l.team_id where l.id = p_list_id),
    p_assistant_id => (
      select a.id from public.assistants as a inner join public.audience_lists as l on a.team_id = l.team_id
      where l.id = p_list_id and a.channel = 'call' and a.is_active
    ),
    p_hold_reason_id => p_reason_id, p_hold_memo => 'Asked for another day', p_dry_run => p_dry_run
  )
$$;
