-- What the provider keeps calling unfinished. Some carriers never confirm delivery: a text that has been
-- "sent" for a day is taken as delivered. A call that has gone on for six hours, or a text that has been
-- queued for two days, is not coming to an end, and must not hold a line for ever.
create or replace function engine.settle_silent_jobs(p_answers engine.lookup_answer[])
returns void
language sql
volatile
set search_path = ''
as $$
  select engine.end_unheard(array(
    select (
      a.provider, null, j.team_id, a.id, j.id, ('final', s.outcome, 'job', s.reason_code, null)::engine.reading
    )::engine.event_reading
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id and j.status = 'DISPATCHED'
    inner join (
      values
      ('text'::public.contact_channel, true, interval '1 day', 'delivered'::public.job_outcome, 'sent_unconfirmed'),
      ('text', false, interval '2 days', 'failed', 'never_sent'),
      ('call', false, interval '6 hours', 'failed', 'never_ended')
    ) as s (channel, is_sent, patience, outcome, reason_code)
      on j.channel = s.channel and s.is_sent = (coalesce(l.payload ->> 'status', '') = 'sent')
    where l.found and j.reply_deadline is null and j.dispatched_at <= engine.now() - s.patience
  ))
$$;
comment on function engine.settle_silent_jobs(engine.lookup_answer[]) is
'Ends dispatched jobs that the provider has been calling unfinished for too long.';
revoke all on function engine.settle_silent_jobs(engine.lookup_answer[]) from public;
