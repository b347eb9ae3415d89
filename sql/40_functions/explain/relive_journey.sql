-- The jobs of an enrollment in the order in which they were made, each with when it could first have been
-- due, and, once it is over, what came of it and where that led: by the functions that decided it then,
-- asked again with the workflow that has not changed since. Whether a retry was left is not kept, but
-- whether one was made is.
create or replace function engine.relive_journey(p_team_id uuid, p_enrollment_id uuid)
returns table (
  job_no integer, job engine.jobs, label text, first_due_at timestamptz, delay interval, visited engine.ended_visit,
  decision engine.decision, went_on boolean
)
language sql
stable
set search_path = ''
as $$
  with jobs as materialized (
    select
      row(j.*)::engine.jobs as job, n.type, n.config, coalesce(nullif(n.label, ''), n.id) as label,
      (row_number() over journey)::integer as job_no, lead(row(j.*)::engine.jobs) over journey as next,
      -- As in engine.next_steps: a call that nobody was dialled for is no retry.
      coalesce(j.channel = 'call' and k.scope <> 'job', false) as was_not_dialled,
      (select min(g.due_at) from engine.all_gate_decisions as g where g.team_id = j.team_id and g.job_id = j.id) as was_due_at
    from engine.all_jobs as j
    inner join public.workflow_nodes as n
      on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
    left join lateral engine.classify_ended_reason(j.reason_code) as k on j.outcome is not null
    where j.team_id = p_team_id and j.enrollment_id = p_enrollment_id
    window journey as (order by j.created_at, j.id)
  ),

  visits as materialized (
    -- What one statement did has one moment: a job that was made later was made by somebody else.
    select j.*, coalesce((j.next).created_at = (j.job).finished_at, false) as went_on, case
      when (j.job).outcome is not null then (
        j.type, (j.job).outcome, (j.job).reason_code, engine.reply_to((j.job).team_id, (j.job).id), j.config -> 'retry',
        ((j.next).created_at = (j.job).finished_at and (j.next).node_id = (j.job).node_id)::integer,
        count(*) filter (where not j.was_not_dialled) over (partition by (j.job).node_id order by j.job_no),
        j.was_not_dialled,
        engine.edge_choices(array(
          select w from public.workflow_edges as w
          where w.team_id = (j.job).team_id and w.workflow_id = (j.job).workflow_id and w.source = (j.job).node_id
        ), (j.job).node_id)
      )::engine.ended_visit
    end as visited
    from jobs as j
  ),

  steps as (
    select v.*, case when (v.job).outcome is not null then engine.simulate_step(v.visited) end as decision from visits as v
  )

  select
    s.job_no, s.job, s.label, least(coalesce(s.was_due_at, (s.job).due_at), (s.job).due_at),
    coalesce(case
      when s.job_no = 1 then (select e.delay from engine.campaign_entry((s.job).team_id, (s.job).workflow_id) as e)
      when lag(s.went_on) over by_number then (lag(s.decision) over by_number).delay
    end, interval '0'),
    s.visited, s.decision, s.went_on
  from steps as s
  window by_number as (order by s.job_no)
  order by s.job_no
$$;
comment on function engine.relive_journey(uuid, uuid) is
'The jobs of an enrollment in order: node''s label, first due time, the delay before it, what came of it, where that leads, and whether it went on there.';
revoke all on function engine.relive_journey(uuid, uuid) from public;
