-- The verdicts on due jobs that are claimed and begun at once; the caller has locked the jobs. Everything that a
-- beginning depends on is locked as in engine.hold_beginning, and nothing of it but capped numbers is waited for: who
-- waits for these jobs may hold it. The gate is asked after that, in a statement of its own.
create or replace function engine.hold_due(p_job_ids uuid[])
returns engine.verdict[]
language plpgsql
set search_path = ''
as $$
declare
  v_later constant timestamptz := date_trunc('second', engine.now()) + interval '10 seconds';
  v_free constant engine.beginning_job[] := engine.free_to_begin(p_job_ids);
  v_held constant uuid[] := array(
    select l.id
    from unnest(v_free) as l
    -- engine.phone_lock, without a call for each
    where pg_try_advisory_xact_lock_shared(
      hashtextextended(concat('number ', l.team_id, ' ', hashtext(l.phone) & 1023), 0)
    )
  );
  v_busy engine.verdict[] := '{}'::engine.verdict[]; -- mostly nobody holds anything
begin
  if cardinality(v_held) < cardinality(p_job_ids) then
    v_busy := array(
      select (
        j.team_id, j.id, 'defer',
        case when exists (select from unnest(v_free) as f where f.id = j.id) then 'stop_in_progress' else 'held_elsewhere' end,
        v_later, null, null
      )::engine.verdict
      from engine.jobs as j
      where j.id = any(p_job_ids) and j.id <> all(v_held)
    );
  end if;
  perform engine.hold_numbers(v_held);
  return v_busy || array(select v from engine.check_eligibility(v_held) as v);
end
$$;
comment on function engine.hold_due(uuid[]) is
'Locks what the beginning of due jobs depends on, and asks the gate; what somebody else holds is deferred.';
revoke all on function engine.hold_due(uuid[]) from public;
