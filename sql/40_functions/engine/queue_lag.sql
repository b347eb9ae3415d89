-- How far the queues are behind, for who watches them: what is due in active campaigns, what is out, and how
-- long the job that is next in line has waited. Counted from the counters; the line is read at its head.
create or replace function engine.queue_lag()
returns table (queue text, due_jobs bigint, jobs_in_progress bigint, jobs_in_doubt bigint, lag_seconds double precision)
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select
    q.channel::text, coalesce(k.due, 0)::bigint, coalesce(k.in_progress, 0)::bigint, coalesce(k.in_doubt, 0)::bigint,
    coalesce(extract(epoch from engine.now() - h.run_at), 0)::double precision
  from unnest(enum_range(null::public.contact_channel)) as q (channel)
  left join (
    select
      n.type::text as channel, sum(w.due) as due, sum(w.in_progress) as in_progress, sum(w.in_doubt) as in_doubt
    from public.campaigns as c
    cross join lateral (
      select
        x.node_id, 0 as due, sum(x.amount) filter (where x.state in ('CLAIMED', 'DISPATCHED')) as in_progress,
        sum(x.amount) filter (where x.state = 'AMBIGUOUS') as in_doubt
      from engine.counters as x
      where x.team_id = c.team_id and x.campaign_id = c.id and x.state in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
      group by x.node_id
      union all
      select d.node_id, sum(d.amount), 0, 0
      from engine.due_counters as d
      where d.team_id = c.team_id and d.campaign_id = c.id and d.due_at <= engine.now() and c.status = 'ACTIVE'
      group by d.node_id
    ) as w
    inner join public.workflow_nodes as n
      on c.team_id = n.team_id and c.workflow_id = n.workflow_id and w.node_id = n.id
    where c.status in ('ACTIVE', 'PAUSED')
    group by 1
  ) as k on q.channel::text = k.channel
  left join lateral (
    select min(j.run_at) as run_at
    from public.campaigns as c
    cross join lateral (
      select d.run_at from engine.due_priorities(c.id, q.channel, engine.now()) as d order by d.priority limit 1
    ) as j
    where c.status = 'ACTIVE'
  ) as h on true
$$;
comment on function engine.queue_lag() is
'For each queue: jobs due in active campaigns, in progress and in doubt, and the campaign seconds that the next in line has waited.';
revoke all on function engine.queue_lag() from public;
grant execute on function engine.queue_lag() to outbound_worker;
