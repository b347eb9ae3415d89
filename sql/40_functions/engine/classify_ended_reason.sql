-- One reason: see the function for many.
create or replace function engine.classify_ended_reason(p_ended_reason text)
returns table (outcome public.job_outcome, scope text)
language sql
stable
rows 1
set search_path = ''
as $$
  select c.outcome, c.scope from engine.classify_ended_reasons(array[p_ended_reason]) as c
$$;
comment on function engine.classify_ended_reason(text) is 'Outcome and scope of a Vapi ended reason.';
revoke all on function engine.classify_ended_reason(text) from public;
