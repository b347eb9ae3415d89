-- What happens next to a job that is open, and when: for one that waits to be sent the gate is asked now.
create or replace function engine.tell_next(p_job engine.jobs, p_timezone text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'job_id', p_job.id, 'node_id', p_job.node_id, 'channel', p_job.channel, 'kind', k.kind, 'at', k.at,
    'decision', g.decision, 'reason_code', g.reason_code,
    'message', case k.kind
      when 'send' then format(
        'Would be %s %s%s.', w.done,
        case when k.at > engine.now() then 'on ' || engine.tell_moment(k.at, p_timezone) else 'now, as soon as there is a free line' end,
        case when k.at > p_job.run_at and g.decision = 'defer' then ' (' || rtrim(engine.tell_reason(g.reason_code), '.') || ')' end
      )
      when 'wait' then format('Waits to be %s: %s', w.done, engine.tell_reason(g.reason_code))
      when 'close' then format('Will not be %s: %s', w.done, engine.tell_reason(g.reason_code))
      when 'sending' then 'A worker is sending it.'
      when 'ask' then format('Whether it was sent is not known: the provider is asked on %s.', engine.tell_moment(k.at, p_timezone))
      when 'reply' then format('The text is out, and a reply is waited for until %s.', engine.tell_moment(k.at, p_timezone))
      else format('The %s is out; the provider is asked on %s if it says nothing.', p_job.channel, engine.tell_moment(k.at, p_timezone))
    end
  )
  from (select case p_job.channel when 'call' then 'called' else 'texted' end as done) as w
  left join lateral engine.check_eligibility(array[p_job.id]) as g on p_job.status = 'READY'
  cross join lateral (
    select case
      when p_job.status = 'CLAIMED' then 'sending'
      when p_job.status = 'AMBIGUOUS' then 'ask'
      when p_job.status = 'DISPATCHED' and p_job.reply_deadline is not null then 'reply'
      when p_job.status = 'DISPATCHED' then 'report'
      when g.decision = 'hold' then 'wait'
      when g.decision = 'close' then 'close'
      else 'send'
    end as kind, case
      when p_job.status = 'AMBIGUOUS' then p_job.check_at
      when p_job.status = 'DISPATCHED' then coalesce(p_job.reply_deadline, p_job.check_at)
      when g.decision = 'pass' then greatest(p_job.run_at, engine.now())
      when g.decision = 'defer' then greatest(p_job.run_at, g.run_at)
      when g.decision = 'close' then greatest(p_job.run_at, engine.now())
    end as at
  ) as k
$$;
comment on function engine.tell_next(engine.jobs, text) is
'{job_id, node_id, channel, kind, at, decision, reason_code, message} of an open job; kind: send, wait, close, sending, ask, reply or report.';
revoke all on function engine.tell_next(engine.jobs, text) from public;
