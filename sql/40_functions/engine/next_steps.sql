-- Decides, without writing, where the enrollments of ended jobs go. A retry comes before the edges: the
-- edges see the outcome only when the node has given up on a better one. Of the edges the first one
-- that matches, by priority, is taken. A call that nobody was dialled for, for want of a line or of a
-- working account, is tried again whatever the node says, and spends nothing.
create or replace function engine.next_steps(p_ended engine.finished_job[])
returns setof engine.step
language sql
stable
set search_path = ''
as $$
  with ended as materialized (
    select
      f.outcome, f.reason_code, f.reply_text, j.team_id, j.campaign_id, j.enrollment_id, j.contact_id,
      j.phone, j.workflow_id, j.node_id, j.visit, j.priority, n.type, n.config -> 'retry' as retry,
      e.retries_left, j.channel = 'call' and exists (
        select from engine.classify_ended_reason(f.reason_code) as c where c.scope <> 'job'
      ) as was_not_dialled,
      (
        -- Visits in which the person was tried: the others do not count as retries.
        select count(*)
        from engine.jobs as v
        where v.team_id = j.team_id and v.enrollment_id = j.enrollment_id and v.node_id = j.node_id
          and not (v.channel = 'call' and exists (
            select from engine.classify_ended_reason(v.reason_code) as c where c.scope <> 'job'
          ))
      ) as dialled
    from unnest(p_ended) as f
    inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
    inner join engine.enrollments as e
      on j.team_id = e.team_id and j.enrollment_id = e.id and e.status = 'ACTIVE'
    inner join public.campaigns as c
      on j.team_id = c.team_id and j.campaign_id = c.id and c.status <> 'CANCELLED'
    inner join public.workflow_nodes as n
      on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
  ),

  decided as (
    select
      d.*, r.is_retry, g.id as edge_id, g.target,
      case
        when d.was_not_dialled then interval '5 minutes'
        when r.is_retry then (d.retry ->> 'delay')::interval
        else g.delay
      end as delay
    from ended as d
    cross join lateral (
      select coalesce(
        d.was_not_dialled or (
          d.retries_left > 0 and d.retry -> 'outcomes' ? d.outcome::text
          and d.dialled <= (d.retry ->> 'max_retries')::integer
        ),
        false
      ) as is_retry
    ) as r
    left join lateral (
      select w.id, w.target, w.delay
      from public.workflow_edges as w
      where w.team_id = d.team_id and w.workflow_id = d.workflow_id and w.source = d.node_id
        and not r.is_retry
        and d.outcome = any(engine.outcomes_matching(d.type, w.when_outcome))
        and (w.when_outcome <> 'reply_matches' or engine.reply_matches(d.reply_text, w.phrases))
      order by w.priority, w.id
      limit 1
    ) as g on true
  )

  select
    d.team_id, d.enrollment_id, d.edge_id, d.is_retry, not d.was_not_dialled,
    case when d.is_retry or d.edge_id is not null then (
      d.team_id, d.campaign_id, d.enrollment_id, d.contact_id, d.phone, d.workflow_id,
      case when d.is_retry then d.node_id else d.target end,
      case when d.is_retry then d.visit + 1 else 1 end,
      d.priority, engine.now() + coalesce(d.delay, interval '0')
    )::engine.new_job end,
    case
      when d.is_retry or d.edge_id is not null then null
      when d.outcome in ('failed', 'undeliverable') then 'FAILED'
      else 'COMPLETED'
    end::public.enrollment_status,
    coalesce(d.reason_code, d.outcome::text)
  from decided as d
$$;
comment on function engine.next_steps(engine.finished_job[]) is
'Where the active enrollments of ended jobs go: retry, edge or end. Writes nothing.';
revoke all on function engine.next_steps(engine.finished_job[]) from public;
