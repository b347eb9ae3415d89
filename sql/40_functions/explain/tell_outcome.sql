-- How a job ended and where that led: every edge of its node with why it was taken or not, or the retry.
create or replace function engine.tell_outcome(
  p_job_no integer, p_job engine.jobs, p_visited engine.ended_visit, p_decision engine.decision, p_went_on boolean
)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  -- Decided, but not carried out: something else had ended the journey.
  with step as (
    select w.is_stopped, engine.tell_step(p_visited, case
      when w.is_stopped then (1, false, null, null, null, 'CANCELLED', null)::engine.decision else p_decision
    end) as told
    from (select p_decision.end_status is null and not p_went_on as is_stopped) as w
    where p_job.outcome is not null
  )

  select
    p_job.finished_at, p_job_no, 6, case when p_job.outcome is null then 'cancelled' else 'outcome' end,
    case
      when p_job.outcome is null
        then format('The %s was called off: %s', p_job.channel, engine.tell_reason(p_job.reason_code))
      else concat_ws(
        ' ',
        format('The %s came to %s%s.', p_job.channel, p_job.outcome, ' (' || nullif(p_job.reason_code, p_job.outcome::text) || ')'),
        case
          when s.is_stopped then 'The journey was over by then, so nothing followed.'
          when p_decision.is_retry then s.told -> 'next' ->> 'reason'
          else engine.tell_spent_retries(p_visited)
        end,
        case
          when s.is_stopped or p_decision.is_retry then null
          when p_decision.edge_id is null then s.told -> 'next' ->> 'reason'
          else format('It goes on to "%s" over the first edge that matches.', (
            select coalesce(nullif(n.label, ''), n.id)
            from public.workflow_nodes as n
            where n.team_id = p_job.team_id and n.workflow_id = p_job.workflow_id and n.id = p_decision.target
          ))
        end
      )
    end,
    jsonb_build_object(
      'job_id', p_job.id, 'node_id', p_job.node_id, 'visit', p_job.visit, 'status', p_job.status,
      'outcome', p_job.outcome, 'reason_code', p_job.reason_code
    ) || coalesce(s.told, '{}')
  from (select p_job.finished_at as at) as f
  left join step as s on true
  where f.at is not null
$$;
comment on function engine.tell_outcome(integer, engine.jobs, engine.ended_visit, engine.decision, boolean) is
'A job that is over: {job_id, node_id, visit, status, outcome, reason_code, next, edges}; next and edges as simulate_workflow tells them.';
revoke all on function engine.tell_outcome(integer, engine.jobs, engine.ended_visit, engine.decision, boolean) from public;
