-- Leases due tasks, the most urgent kind first. Rows of other workers are skipped, never waited for. A lease
-- counts real seconds: reading a tenant takes those, however fast the campaign clock of a sandbox runs.
create or replace function engine.claim_tasks(
  p_worker text,
  p_kinds text[],
  p_limit integer,
  p_lease interval default '120 seconds'
)
returns table (
  team_id uuid, task_id uuid, kind text, subject_id uuid, secret_name text, account_ref text, is_sandbox boolean,
  attempt_number integer, progress jsonb
)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
  update engine.tasks as t
  set
    status = 'CLAIMED', lease_owner = p_worker, lease_expires_at = clock_timestamp() + p_lease,
    attempt_count = t.attempt_count + 1
  from (
    select d.team_id, d.id, i.secret_name, i.account_ref, i.is_sandbox
    from engine.tasks as d
    inner join public.integrations as i on d.team_id = i.team_id and d.integration_id = i.id
    where d.status = 'READY' and d.run_at <= engine.now() and d.kind::text = any(p_kinds) and i.status = 'ACTIVE'
    order by d.kind, d.run_at, d.id
    limit p_limit
    for update of d skip locked
  ) as c
  where t.team_id = c.team_id and t.id = c.id
  returning
    t.team_id, t.id, t.kind::text, t.subject_id, c.secret_name, c.account_ref, c.is_sandbox, t.attempt_count, t.progress
$$;
comment on function engine.claim_tasks(text, text[], integer, interval) is
'Leases up to p_limit due tasks of the kinds, with what the worker needs to reach the account and where to go on.';
revoke all on function engine.claim_tasks(text, text[], integer, interval) from public;
grant execute on function engine.claim_tasks(text, text[], integer, interval) to outbound_worker;
