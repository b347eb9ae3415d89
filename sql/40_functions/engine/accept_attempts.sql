-- The provider has the request: its id is stored, the job is DISPATCHED, and events that came before
-- this was known are applied. A job that was closed meanwhile stays closed; the ledger still tells.
create or replace function engine.accept_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
  v_next_call constant timestamptz := v_now + engine.silence('call');
  v_next_text constant timestamptz := v_now + engine.silence('text');
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  with accepted as (
    update engine.attempts as a
    set status = 'ACCEPTED', provider_id = r.provider_id, code = r.code, message = r.message, resolved_at = v_now
    from unnest(p_results) as r
    where a.id = r.attempt_id and a.team_id is not distinct from r.team_id -- see apply_known_events
    returning a.team_id, a.job_id, a.attempt_number, a.provider_id
  )

  update engine.jobs as j
  set
    status = 'DISPATCHED', provider_id = a.provider_id, attempt_count = a.attempt_number, dispatched_at = v_now,
    check_at = case j.channel when 'call' then v_next_call else v_next_text end,
    lease_owner = null, lease_expires_at = null,
    reply_deadline = case when j.channel = 'text' then (
      select engine.later(v_now, (n.config ->> 'reply_window')::interval)
      from public.workflow_nodes as n
      where n.team_id = j.team_id and n.workflow_id = j.workflow_id and n.id = j.node_id
    ) end
  from accepted as a
  where j.team_id = a.team_id and j.id = a.job_id and j.status in ('READY', 'CLAIMED', 'AMBIGUOUS');

  perform engine.apply_events(array(
    select (e.provider, e.event_key)::engine.event_ref
    from unnest(p_results) as r
    inner join engine.attempts as a on r.attempt_id = a.id and r.team_id is not distinct from a.team_id -- see apply_known_events
    inner join engine.events as e
      on a.provider = e.provider and r.provider_id = e.provider_id and e.result = 'waiting'
  ));
end
$$;
comment on function engine.accept_attempts(engine.dispatch_result[]) is
'Attempts that the provider took: the job is DISPATCHED and waiting events are applied.';
revoke all on function engine.accept_attempts(engine.dispatch_result[]) from public;
