-- Where journeys go after visits; the one place that knows. A retry comes before the edges: they see
-- the outcome only when the node has given up on a better one. Of the edges the first that matches is
-- taken. A call that nobody was dialled for, for want of a line or of a working account, is tried
-- again whatever the node says, and spends nothing. What a provider took and never brought to an end that is known
-- may have reached the person: no rule tries it again, an operator may.
create or replace function engine.decide_steps(p_visits engine.ended_visit[])
returns setof engine.decision
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select
    v.visit_no::integer, r.is_retry, e.edge_id, e.target,
    case
      when v.was_not_dialled then interval '5 minutes'
      when r.is_retry then (v.retry ->> 'delay')::interval
      else e.delay
    end,
    case
      when r.is_retry or e.edge_id is not null then null
      when v.outcome in ('failed', 'undeliverable') then 'FAILED'
      else 'COMPLETED'
    end::public.enrollment_status,
    coalesce(v.reason_code, v.outcome::text)
  from unnest(p_visits) with ordinality as v (
    node_type, outcome, reason_code, reply_text, retry, retries_left, dialled, was_not_dialled, edges, visit_no
  )
  cross join lateral (
    select coalesce(
      v.was_not_dialled or (
        v.retries_left > 0 and v.retry -> 'outcomes' ? v.outcome::text
        and coalesce(v.reason_code, '') not in ('provider_lost_it', 'never_ended', 'never_sent', 'account_changed')
        and v.dialled <= (v.retry ->> 'max_retries')::integer
      ),
      false
    ) as is_retry
  ) as r
  left join engine.weigh_edges(p_visits) as e on v.visit_no = e.visit_no and e.is_first and not r.is_retry;
end
$$;
comment on function engine.decide_steps(engine.ended_visit[]) is
'For each visit that is over: retry, edge or end. Writes nothing.';
revoke all on function engine.decide_steps(engine.ended_visit[]) from public;
