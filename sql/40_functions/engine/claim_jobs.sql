-- Leases due jobs to a worker. Other workers' rows are skipped, never waited for. The gate runs here,
-- so that what may not be sent never leaves the database; it runs again when an attempt begins.
-- Calls of one account are leased under a lock on the account's row, so that two workers cannot both
-- see the last free line.
create or replace function engine.claim_jobs(
  p_worker text,
  p_queues text[],
  p_limit integer,
  p_lease interval default '60 seconds'
)
returns table (
  team_id uuid, job_id uuid, queue text, priority smallint, run_at timestamptz, lease_expires_at timestamptz
)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
declare
  v_until constant timestamptz := engine.now() + p_lease;
  v_due uuid[];
  v_verdicts engine.verdict[];
  v_claimed uuid[] := '{}'::uuid[];
  v_only_leases boolean := true;
begin
  if p_worker is null or p_limit is null or p_limit < 1 or p_lease is null or p_lease <= interval '0' then
    perform engine.refuse('OB001', 'A claim needs a worker''s name, a limit of at least 1 and a lease.', '[]');
  end if;
  -- A round for each batch that the gate empties: what it defers must not hide what is due behind it.
  for v_round in 1..20 loop
    v_due := array(
      select d.job_id from engine.lock_due_jobs(p_queues, p_limit - cardinality(v_claimed)) as d
    );
    exit when cardinality(v_due) = 0;
    v_verdicts := array(select v from engine.check_eligibility(v_due) as v);
    perform engine.release_jobs(v_verdicts, 'claim');
    v_only_leases := v_only_leases and not exists (select from unnest(v_verdicts) as v where v.decision <> 'pass');
    update engine.jobs as j
    set status = 'CLAIMED', lease_owner = p_worker, lease_expires_at = v_until
    from unnest(v_verdicts) as v
    where v.decision = 'pass' and j.team_id = v.team_id and j.id = v.job_id;
    v_claimed := v_claimed || array(select v.job_id from unnest(v_verdicts) as v where v.decision = 'pass');
    exit when cardinality(v_claimed) >= p_limit
      or not exists (select from unnest(v_verdicts) as v where v.decision in ('defer', 'close'));
  end loop;
  -- A lease may reach the disk a moment later: lost in a crash, it leaves the job due as it was. What begins next
  -- waits for the disk, and the lease goes there before it. What the gate put off or closed is waited for here.
  if v_only_leases then
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return query
  select j.team_id, j.id, j.channel::text, j.priority, j.run_at, j.lease_expires_at
  from unnest(v_claimed) as c (id)
  inner join engine.jobs as j on c.id = j.id
  order by j.priority, j.run_at, j.id;
end
$$;
comment on function engine.claim_jobs(text, text[], integer, interval) is
'Leases up to p_limit due jobs of the queues (call, text) that pass the gate.';
revoke all on function engine.claim_jobs(text, text[], integer, interval) from public;
grant execute on function engine.claim_jobs(text, text[], integer, interval) to outbound_worker;
