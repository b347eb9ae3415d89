-- The longest pattern that fits decides.
create or replace function engine.classify_ended_reason(p_ended_reason text)
returns table (outcome public.job_outcome, scope text)
language sql
stable
rows 1
set search_path = ''
as $$
  select r.outcome, r.scope
  from reference.call_ended_reasons as r
  where coalesce(p_ended_reason, '') like r.pattern
  order by length(r.pattern) desc
  limit 1
$$;
comment on function engine.classify_ended_reason(text) is 'Outcome and scope of a Vapi ended reason.';
revoke all on function engine.classify_ended_reason(text) from public;
