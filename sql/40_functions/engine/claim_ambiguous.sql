-- Work for the reconciler: attempts whose fate is unknown, and dispatched jobs that no event has come
-- for. Claiming one moves its next check past the lease, so that two reconcilers do not both ask.
create or replace function engine.claim_ambiguous(p_worker text, p_limit integer, p_lease interval)
returns table (
  team_id uuid, attempt_id uuid, job_id uuid, provider text, secret_name text, account_ref text,
  kind text, provider_id text, begun_at timestamptz, request jsonb, taken_ids text[]
)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
  with due as (
    select j.team_id, j.id
    from engine.jobs as j
    where j.status in ('DISPATCHED', 'AMBIGUOUS') and j.check_at <= engine.now()
    order by j.check_at
    limit p_limit
    for update of j skip locked
  ),

  claimed as (
    update engine.jobs as j
    set check_at = engine.now() + p_lease
    from due as d
    where j.team_id = d.team_id and j.id = d.id
    returning j.team_id, j.id, j.status, j.integration_id, j.phone
  )

  select
    c.team_id, a.id, c.id, a.provider::text, i.secret_name, i.account_ref,
    case c.status when 'AMBIGUOUS' then 'ambiguous' else 'silent' end, a.provider_id, a.begun_at, a.request,
    array(
      -- What the provider gave to others for the same person is not this one, however alike.
      select o.provider_id
      from engine.all_attempts as o
      where o.team_id = c.team_id and o.phone = c.phone and o.id <> a.id and o.provider_id is not null
        and o.begun_at > a.begun_at - interval '1 day'
    )
  from claimed as c
  inner join engine.attempts as a
    on c.team_id = a.team_id and c.id = a.job_id and a.status in ('AMBIGUOUS', 'ACCEPTED')
  inner join public.integrations as i on c.team_id = i.team_id and c.integration_id = i.id
$$;
comment on function engine.claim_ambiguous(text, integer, interval) is
'Attempts to ask the provider about: ambiguous ones, and dispatched jobs that were silent too long; taken_ids are the provider''s ids that belong to other attempts.';
revoke all on function engine.claim_ambiguous(text, integer, interval) from public;
grant execute on function engine.claim_ambiguous(text, integer, interval) to outbound_worker;
