-- What a provider's refusal means for the person: a number that cannot be reached, an opt-out that the
-- provider knows of (a code of Twilio's), or a failure.
create or replace function engine.refusal_outcome(p_scope text, p_code text)
returns public.job_outcome
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_code = '21610' then 'opted_out'
    when p_scope = 'number' or engine.number_fault(p_code) is not null then 'undeliverable'
    else 'failed'
  end::public.job_outcome
$$;
comment on function engine.refusal_outcome(text, text) is 'Outcome of a job whose request was refused.';
revoke all on function engine.refusal_outcome(text, text) from public;
