-- The truth that the counters must equal, counted from the rows, wherever they are. What retention has dropped
-- was counted when it was. For tests and operators.
create or replace function engine.recount(p_campaign_id uuid)
returns table (node_id text, state text, outcome text, due_at timestamptz, amount bigint)
language sql
stable
set search_path = ''
as $$
  select n.node_id, n.state, n.outcome, n.due_at, sum(n.amount)::bigint
  from (
    select
      j.node_id, j.status::text as state,
      coalesce(
        j.outcome::text, case when j.status = 'CANCELLED' and j.reason_code in ('too_late', 'never_open') then 'skipped' end, ''
      ) as outcome,
      case when j.status = 'READY' and j.run_at > engine.now() then j.run_at else '-infinity' end as due_at,
      count(*) as amount
    from engine.all_jobs as j
    where j.campaign_id = p_campaign_id
    group by 1, 2, 3, 4
    union all
    select p.node_id, p.state, p.outcome, '-infinity', p.amount
    from engine.purged_jobs as p
    where p.campaign_id = p_campaign_id
  ) as n
  group by 1, 2, 3, 4
  union all
  select
    '', e.status::text,
    case when e.booked_at is not null then 'booked' when e.reached_at is not null then 'reached' else '' end,
    '-infinity'::timestamptz, count(*)
  from engine.enrollments as e
  where e.campaign_id = p_campaign_id
  group by 1, 2, 3, 4
$$;
comment on function engine.recount(uuid) is
'Jobs and enrollments (node_id empty) of a campaign, counted from the rows: what engine.counters must add up to.';
revoke all on function engine.recount(uuid) from public;
