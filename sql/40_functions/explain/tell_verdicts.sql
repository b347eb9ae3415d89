-- What the gate said when it did not let a job through.
create or replace function engine.tell_verdicts(p_job_no integer, p_job engine.jobs, p_timezone text)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select
    g.decided_at, p_job_no, 2, 'gate',
    format(case
      when g.decision = 'defer' then 'Put off to ' || engine.tell_moment(g.run_at, p_timezone) || ': %s'
      when g.decision = 'hold' then 'Taken back before it was sent: %s'
      else 'Not sent: %s'
    end, engine.tell_reason(g.reason_code)),
    jsonb_build_object(
      'job_id', g.job_id, 'decision', g.decision, 'reason_code', g.reason_code, 'asked_by', g.asked_by,
      'due_at', g.due_at, 'run_at', case when g.decision = 'defer' then g.run_at end
    )
  from engine.all_gate_decisions as g
  where g.team_id = p_job.team_id and g.job_id = p_job.id
$$;
comment on function engine.tell_verdicts(integer, engine.jobs, text) is
'A line for each verdict of the gate but pass: {job_id, decision, reason_code, asked_by, due_at, run_at}.';
revoke all on function engine.tell_verdicts(integer, engine.jobs, text) from public;
