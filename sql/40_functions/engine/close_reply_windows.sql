-- Nobody answered in time: that is an outcome, and its edges are followed.
create or replace function engine.close_reply_windows()
returns integer
language sql
volatile
set search_path = ''
as $$
  select engine.finish_jobs(array(
    select (j.team_id, j.id, 'no_reply', 'reply_window_over', null)::engine.finished_job
    from (
      select k.team_id, k.id
      from engine.jobs as k
      where k.status = 'DISPATCHED' and k.reply_deadline <= engine.now()
      order by k.id
      limit 10000
      for update of k skip locked
    ) as j
  ))
$$;
comment on function engine.close_reply_windows() is 'Ends texts whose reply window is over with no_reply; returns how many.';
revoke all on function engine.close_reply_windows() from public;
