-- A journey in which the person booked ends BOOKED however its last step went, unless she opted out after.
create or replace function engine.final_status(p_status public.enrollment_status, p_has_booked boolean)
returns public.enrollment_status
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when p_has_booked and p_status <> 'OPTED_OUT' then 'BOOKED' else p_status end
$$;
comment on function engine.final_status(public.enrollment_status, boolean) is
'What an enrollment ends as, given how its last step ended and whether its contact booked.';
revoke all on function engine.final_status(public.enrollment_status, boolean) from public;
