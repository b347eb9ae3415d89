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
