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
