-- Some carriers never confirm delivery: a text that has been "sent" for a day is taken as delivered.
create or replace function engine.settle_silent_texts(p_answers engine.lookup_answer[])
returns void
language sql
volatile
set search_path = ''
as $$
  select engine.finish_jobs(array(
    select (j.team_id, j.id, 'delivered', 'sent_unconfirmed', null)::engine.finished_job
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id
    where l.found and l.payload ->> 'status' = 'sent' and j.channel = 'text' and j.status = 'DISPATCHED'
      and j.reply_deadline is null and j.dispatched_at <= engine.now() - interval '1 day'
  ))
$$;
comment on function engine.settle_silent_texts(engine.lookup_answer[]) is
'Takes texts as delivered that were sent a day ago without a word from the carrier.';
revoke all on function engine.settle_silent_texts(engine.lookup_answer[]) from public;
