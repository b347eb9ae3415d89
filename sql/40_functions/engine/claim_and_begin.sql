-- Claims due jobs and begins their attempts in one transaction, for a worker that sends at once whatever comes back
-- and has room for no more. No moment lies between claim and beginning, so the gate is asked once, under the locks of a
-- beginning; and a worker that dies here holds nothing or has begun. engine.claim_jobs and engine.begin_attempts
-- are the same in two steps: for one job that cannot begin, and for workers of 0.1.
-- One batch for a call: what the gate put off or closed is told as well, so that the worker looks for what is due
-- behind it. In one transaction with it, capped numbers would not be locked in order.
create or replace function engine.claim_and_begin(
  p_worker text, p_queues text[], p_limit integer, p_lease interval default '60 seconds'
)
returns table (
  decision text, job_id uuid, late_seconds double precision, team_id uuid, attempt_id uuid, attempt_number integer,
  provider text, secret_name text, account_ref text, request jsonb
)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set lock_timeout = '2s' -- a gate that waited longer would judge by an old clock; the worker asks again
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.hold_clock();
  v_due uuid[];
  v_verdicts engine.verdict[];
  v_passing uuid[];
  v_run_at timestamptz[];
begin
  if p_worker is null or p_limit is null or p_limit < 1 or p_lease is null or p_lease <= interval '0' then
    perform engine.refuse('OB001', 'A claim needs a worker''s name, a limit of at least 1 and a lease.', '[]');
  end if;
  v_due := array(select d.job_id from engine.lock_due_jobs(p_queues, p_limit) as d);
  if cardinality(v_due) = 0 then
    return;
  end if;
  v_verdicts := engine.hold_due(v_due);
  perform engine.release_jobs(v_verdicts, 'claim');
  with claimed as (
    update engine.jobs as j
    set status = 'CLAIMED', lease_owner = p_worker, lease_expires_at = v_now + p_lease
    from unnest(v_verdicts) as v
    where v.decision = 'pass' and j.team_id = v.team_id and j.id = v.job_id
    returning j.id, j.run_at
  )
  select coalesce(array_agg(c.id), '{}'), coalesce(array_agg(c.run_at), '{}') into v_passing, v_run_at from claimed as c;

  return query
  select
    'pass', a.job_id, extract(epoch from v_now - d.run_at)::double precision, a.team_id, a.attempt_id, a.attempt_number,
    a.provider, a.secret_name, a.account_ref, a.request
  from engine.write_attempts(p_worker, v_passing) as a
  inner join unnest(v_passing, v_run_at) as d (job_id, run_at) on a.job_id = d.job_id;

  return query
  select
    v.decision, v.job_id, null::double precision, v.team_id, null::uuid, null::integer, null, null, null, null::jsonb
  from unnest(v_verdicts) as v
  where v.decision <> 'pass';
end
$$;
comment on function engine.claim_and_begin(text, text[], integer, interval) is
'Leases up to p_limit due jobs of the queues (call, text) and begins an attempt of each that passes the gate; tells of the others as well.';
revoke all on function engine.claim_and_begin(text, text[], integer, interval) from public;
grant execute on function engine.claim_and_begin(text, text[], integer, interval) to outbound_worker;
