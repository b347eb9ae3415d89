-- The truth that the counters must equal, counted from the rows. For tests and operators.
create or replace function engine.recount(p_campaign_id uuid)
returns table (node_id text, state text, outcome text, due_at timestamptz, amount bigint)
language sql
stable
set search_path = ''
as $$
  select
    j.node_id, j.status::text, coalesce(j.outcome::text, ''),
    case when j.status = 'READY' and j.run_at > engine.now() then j.run_at else '-infinity' end, count(*)
  from engine.jobs as j
  where j.campaign_id = p_campaign_id
  group by 1, 2, 3, 4
  union all
  select '', e.status::text, case when e.booked_at is null then '' else 'booked' end, '-infinity'::timestamptz, count(*)
  from engine.enrollments as e
  where e.campaign_id = p_campaign_id
  group by 1, 2, 3, 4
$$;
comment on function engine.recount(uuid) is
'Jobs and enrollments (node_id empty) of a campaign, counted from the rows: what engine.counters must add up to.';
revoke all on function engine.recount(uuid) from public;
