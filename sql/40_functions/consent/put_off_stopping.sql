-- Jobs of a worker whose number somebody is stopping at this very moment: given back for a moment instead
-- of waited for. By then the stop has committed, and the gate closes them, or it was taken back.
create or replace function engine.put_off_stopping(p_worker text, p_job_ids uuid[], p_held uuid[])
returns void
language sql
volatile
set search_path = ''
as $$
  select engine.release_jobs(array(
    select (
      j.team_id, j.id, 'defer', 'stop_in_progress', date_trunc('second', engine.now()) + interval '10 seconds', null, null
    )::engine.verdict
    from engine.jobs as j
    where j.id = any(p_job_ids) and j.id <> all(p_held) and j.status = 'CLAIMED' and j.lease_owner = p_worker
      and j.lease_expires_at > engine.now() and not engine.has_live_attempt(j.team_id, j.id)
    order by j.id
  ), 'begin')
$$;
comment on function engine.put_off_stopping(text, uuid[], uuid[]) is
'Defers the leased jobs that could not be held because a stop of their number is under way.';
revoke all on function engine.put_off_stopping(text, uuid[], uuid[]) from public;
