-- The locks under which attempts begin, in the one order (docs/scaling.md): campaigns, contacts, jobs, capped
-- numbers, each in order of id. Jobs whose campaign or contact somebody else holds are put off; after the
-- jobs that are held are locked, because no job may be waited for while a later one is locked.
create or replace function engine.hold_beginning(p_worker text, p_job_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
  v_free constant uuid[] := array(select f.id from unnest(engine.free_to_begin(p_job_ids)) as f);
  v_held uuid[];
begin
  v_held := array(
    select l.id
    from (
      select j.team_id, j.id, j.phone
      from engine.jobs as j
      where j.id = any(v_free) and j.status = 'CLAIMED' and j.lease_owner = p_worker
        and j.lease_expires_at > v_now
      order by j.id
      for update of j
    ) as l
    -- engine.has_live_attempt and engine.keep_reachable, without a call for each
    where not exists (
      select from engine.attempts as a
      where a.team_id = l.team_id and a.job_id = l.id and a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED')
      offset 0 -- looked up for each job by its key, whatever statistics say
    ) and pg_try_advisory_xact_lock_shared(engine.phone_lock(l.team_id, l.phone))
  );
  if cardinality(v_held) < cardinality(v_free) then
    perform engine.put_off(p_worker, v_free, v_held, 'stop_in_progress');
  end if;
  if cardinality(v_free) < cardinality(p_job_ids) then
    perform engine.put_off(p_worker, p_job_ids, v_free, 'held_elsewhere');
  end if;
  perform engine.hold_numbers(v_held);
  return v_held;
end
$$;
comment on function engine.hold_beginning(text, uuid[]) is
'Locks what a beginning depends on; returns the jobs that the worker still holds and that nothing has been sent for.';
revoke all on function engine.hold_beginning(text, uuid[]) from public;
