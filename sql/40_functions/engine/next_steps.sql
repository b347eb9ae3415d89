-- Where the enrollments of ended jobs go: reads what engine.decide_steps needs, and writes nothing.
create or replace function engine.next_steps(p_ended engine.ended_job[])
returns setof engine.step
language plpgsql
stable
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  return query
  -- What many jobs share is looked up once: their campaigns, their nodes, and what their reasons mean.
  with campaigns as materialized (
    select c.team_id, c.id, c.status = 'CANCELLED' as is_cancelled
    from (select distinct f.team_id, f.campaign_id from unnest(p_ended) as f) as k
    inner join public.campaigns as c on k.team_id = c.team_id and k.campaign_id = c.id
  ),

  jobs as materialized (
    select row_number() over () as visit_no, j.*, e.retries_left, e.reopened_at, c.is_cancelled
    from unnest(p_ended) as j
    inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id and e.ended_at is null -- see end_enrollments
    inner join campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
  ),

  nodes as materialized (
    select n.team_id, n.workflow_id, n.id, n.type, n.config -> 'retry' as retry, array(
      select (w.id, w.target, w.when_outcome, w.phrases, w.delay, w.priority)::engine.edge_choice
      from public.workflow_edges as w
      where w.team_id = n.team_id and w.workflow_id = n.workflow_id and w.source = n.id
    ) as edges
    from (select distinct team_id, workflow_id, node_id from jobs) as k
    inner join public.workflow_nodes as n
      on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  ),

  reasons as materialized (
    select c.ended_reason as reason_code, c.scope <> 'job' as is_not_dialled
    from engine.classify_ended_reasons(array(select j.reason_code from jobs as j where j.channel = 'call')) as c
  ),

  ended as materialized (
    select
      j.*, coalesce(k.is_not_dialled, false) as was_not_dialled,
      case when n.retry -> 'outcomes' ? j.outcome::text then engine.count_tries(j.team_id, j.enrollment_id, j.node_id, j.reopened_at) end as dialled
    from jobs as j
    inner join nodes as n on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
    left join reasons as k on j.channel = 'call' and j.reason_code is not distinct from k.reason_code
  ),

  -- Many visits end alike, and are decided once.
  kinds as materialized (
    select row_number() over () as kind_no, k.visit_nos, (
      n.type, k.outcome, k.reason_code, k.reply_text, n.retry, k.retries_left, k.dialled, k.was_not_dialled, n.edges
    )::engine.ended_visit as visited
    from (
      select
        e.team_id, e.workflow_id, e.node_id, e.outcome, e.reason_code, e.reply_text, e.retries_left, e.dialled,
        e.was_not_dialled, array_agg(e.visit_no) as visit_nos
      from ended as e
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    ) as k
    inner join nodes as n on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  )

  select -- what was under way when its campaign was cancelled is counted, and makes no next job
    v.team_id, v.enrollment_id, d.edge_id, d.is_retry, not v.was_not_dialled,
    case when d.end_status is null and not v.is_cancelled then (
      v.team_id, v.campaign_id, v.enrollment_id, v.contact_id, v.phone, v.workflow_id,
      case when d.is_retry then v.node_id else d.target end, case when d.is_retry then v.visit + 1 else 1 end,
      v.priority, coalesce((v_now at time zone 'UTC' + d.delay) at time zone 'UTC', v_now) -- engine.later, inlined
    )::engine.new_job end,
    case when v.is_cancelled then coalesce(d.end_status, 'CANCELLED') else d.end_status end,
    case when v.is_cancelled and d.end_status is null then 'campaign_cancelled' else d.reason_code end
  from engine.decide_steps(array(select k.visited from kinds as k order by k.kind_no)) as d
  inner join kinds as k on d.visit_no = k.kind_no
  cross join unnest(k.visit_nos) as o (visit_no)
  inner join ended as v on o.visit_no = v.visit_no
  order by v.visit_no;
end
$$;
comment on function engine.next_steps(engine.ended_job[]) is
'Where the active enrollments of ended jobs go: retry, edge or end. Writes nothing.';
revoke all on function engine.next_steps(engine.ended_job[]) from public;
