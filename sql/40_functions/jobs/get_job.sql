-- One job with everything that is written down of it: the requests, what providers told, what the gate said,
-- and what an operator may do now.
create or replace function public.get_job(p_job_id uuid)
returns jsonb
language plpgsql
stable
security definer -- reads the engine for a caller who was checked
set search_path = ''
set jit = off
as $$
declare
  v_job engine.jobs := engine.require_job(p_job_id, 'viewer');
  v_timezone text := (select t.timezone from public.teams as t where t.id = v_job.team_id);
begin
  return engine.describe_job(v_job) || jsonb_build_object(
    'timezone', v_timezone,
    'next', case when v_job.finished_at is null then engine.tell_next(v_job, v_timezone) end,
    'reason', engine.tell_reason(v_job.reason_code),
    'refusals', jsonb_build_object(
      'retry', engine.job_refusal(v_job, 'retry'), 'cancel', engine.job_refusal(v_job, 'cancel')
    ),
    'attempts', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', a.id, 'attempt_number', a.attempt_number, 'provider', a.provider, 'status', a.status, 'worker', a.worker,
        'begun_at', a.begun_at, 'resolved_at', a.resolved_at, 'provider_id', a.provider_id, 'code', a.code,
        'message', a.message, 'request', a.request
      ) order by a.attempt_number), '[]')
      from engine.all_attempts as a
      where a.team_id = v_job.team_id and a.job_id = v_job.id
    ),
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object('at', e.at, 'message', e.message) || e.facts order by e.at, e.place), '[]')
      from engine.tell_events(1, v_job) as e
    ),
    'decisions', (
      select coalesce(jsonb_agg(jsonb_build_object('at', g.at, 'message', g.message) || g.facts order by g.at), '[]')
      from engine.tell_verdicts(1, v_job, v_timezone) as g
    )
  );
end
$$;
comment on function public.get_job(uuid) is
'A job as list_jobs gives it, with {timezone, next, reason, refusals{retry, cancel}, attempts[{id, attempt_number, provider, '
'status, worker, begun_at, resolved_at, provider_id, code, message, request}], events[{at, message, …}], decisions[{at, message, '
'…}]}; a refusal is a sentence, null when the action is allowed. OB004.';
revoke all on function public.get_job(uuid) from public;
grant execute on function public.get_job(uuid) to authenticated, service_role;
