-- The requests to providers, and what was answered to each. One that nothing is known of has no answer yet.
create or replace function engine.tell_attempts(p_job_no integer, p_job engine.jobs)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select coalesce(l.at, a.begun_at), p_job_no, case l.kind when 'attempt' then 3 else 4 end, l.kind, l.message, l.facts
  from engine.all_attempts as a
  cross join lateral (select initcap(a.provider::text) as provider, case
    when a.code is not null or a.message is not null then ' (' || concat_ws(': ', a.code, a.message) || ')' else ''
  end as said) as p
  cross join lateral (
    values
    (
      a.begun_at, 'attempt', format('Attempt %s: %s was asked for the %s.', a.attempt_number, p.provider, p_job.channel),
      jsonb_build_object('job_id', a.job_id, 'attempt_id', a.id, 'attempt_number', a.attempt_number, 'provider', a.provider)
    ),
    (
      a.resolved_at, 'answer',
      case a.status
        when 'ACCEPTED' then format('%s took it%s.', p.provider, p.said)
        when 'REFUSED' then format('%s refused it for good%s.', p.provider, p.said)
        when 'TRY_LATER' then format('%s did not take it and may later%s.', p.provider, p.said)
        when 'NOT_SENT' then format('%s has no trace of it, so it was never sent.', p.provider)
        when 'AMBIGUOUS' then format('Whether %s has it is not known%s; it is asked before anything else is sent.', p.provider, p.said)
        else format('%s has not answered yet.', p.provider)
      end,
      jsonb_build_object(
        'job_id', a.job_id, 'attempt_id', a.id, 'status', a.status, 'code', a.code, 'provider_message', a.message,
        'provider_id', a.provider_id
      )
    )
  ) as l (at, kind, message, facts)
  where a.team_id = p_job.team_id and a.job_id = p_job.id
$$;
comment on function engine.tell_attempts(integer, engine.jobs) is
'Two lines for each attempt: attempt {job_id, attempt_id, attempt_number, provider}, and answer {…, status, code, provider_message, provider_id}.';
revoke all on function engine.tell_attempts(integer, engine.jobs) from public;
