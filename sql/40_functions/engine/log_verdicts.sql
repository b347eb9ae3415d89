-- Writes down what the gate did not let through. The caller has locked the jobs and not changed them yet:
-- when they had been due is part of the answer. A READY job that is held was not due to anybody, and
-- stays as it is.
create or replace function engine.log_verdicts(p_verdicts engine.verdict[], p_asked_by text)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into engine.gate_decisions (team_id, job_id, reason_code, run_at, decision, asked_by, due_at)
  select v.team_id, v.job_id, v.reason_code, coalesce(v.run_at, engine.now()), v.decision, p_asked_by, j.due_at
  from unnest(p_verdicts) as v
  inner join engine.jobs as j on v.team_id = j.team_id and v.job_id = j.id
  where v.decision in ('defer', 'close') or (v.decision = 'hold' and j.status = 'CLAIMED')
  on conflict on constraint gate_decisions_pk do nothing
$$;
comment on function engine.log_verdicts(engine.verdict[], text) is
'Logs verdicts that are not pass; p_asked_by is claim or begin.';
revoke all on function engine.log_verdicts(engine.verdict[], text) from public;
