-- What a provider's refusal means for the person: a number that cannot be reached, an opt-out that the
-- provider knows of, or a failure. Codes are Twilio's.
create or replace function engine.refusal_outcome(p_scope text, p_code text)
returns public.job_outcome
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_code = '21610' then 'opted_out'
    when p_scope = 'number' or p_code in ('21211', '21614', '21635', '21408') then 'undeliverable'
    else 'failed'
  end::public.job_outcome
$$;
comment on function engine.refusal_outcome(text, text) is 'Outcome of a job whose request was refused.';
revoke all on function engine.refusal_outcome(text, text) from public;
