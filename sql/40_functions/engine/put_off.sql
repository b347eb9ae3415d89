-- Jobs of a worker that can't begin at this very moment, because somebody is stopping their number or holds
-- their campaign or contact: given back for a moment instead of waited for. By then whoever it was has
-- committed, and the gate sees it. A job that is locked itself is left to who holds it, or to its lease.
create or replace function engine.put_off(p_worker text, p_job_ids uuid[], p_held uuid[], p_reason_code text)
returns void
language sql
volatile
set search_path = ''
as $$
  select engine.release_jobs(array(
    select (
      l.team_id, l.id, 'defer', p_reason_code, date_trunc('second', engine.now()) + interval '10 seconds', null, null
    )::engine.verdict
    from (
      select j.team_id, j.id
      from engine.jobs as j
      where j.id = any(p_job_ids) and j.id <> all(p_held) and j.status = 'CLAIMED' and j.lease_owner = p_worker
        and j.lease_expires_at > engine.now() and not engine.has_live_attempt(j.team_id, j.id)
      order by j.id
      for update of j skip locked
    ) as l
  ), 'begin')
$$;
comment on function engine.put_off(text, uuid[], uuid[], text) is
'Defers the leased jobs that are not among those held, for ten seconds and with the reason.';
revoke all on function engine.put_off(text, uuid[], uuid[], text) from public;
