-- The longest pattern that fits decides. For a set, because the same few reasons end most calls.
create or replace function engine.classify_ended_reasons(p_ended_reasons text[])
returns table (ended_reason text, outcome public.job_outcome, scope text)
language sql
stable
set search_path = ''
as $$
  select d.ended_reason, c.outcome, c.scope
  from (select distinct r.ended_reason from unnest(p_ended_reasons) as r (ended_reason)) as d
  cross join lateral (
    select r.outcome, r.scope
    from reference.call_ended_reasons as r
    where coalesce(d.ended_reason, '') like r.pattern
    order by length(r.pattern) desc
    limit 1
  ) as c
$$;
comment on function engine.classify_ended_reasons(text[]) is 'Outcome and scope of each distinct Vapi ended reason, null among them.';
revoke all on function engine.classify_ended_reasons(text[]) from public;
