-- The provider has the request: its id is stored, the job is DISPATCHED, and events that came before
-- this was known are applied. A job that was closed meanwhile stays closed; the ledger still tells.
create or replace function engine.accept_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  update engine.attempts as a
  set
    status = 'ACCEPTED', provider_id = r.provider_id, code = r.code, message = r.message,
    resolved_at = engine.now()
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  update engine.jobs as j
  set
    status = 'DISPATCHED', provider_id = r.provider_id, dispatched_at = engine.now(),
    check_at = engine.now() + engine.silence(j.channel), lease_owner = null, lease_expires_at = null,
    reply_deadline = engine.later(engine.now(), (n.config ->> 'reply_window')::interval)
  from unnest(p_results) as r
  inner join engine.jobs as k on r.team_id = k.team_id and r.job_id = k.id
  inner join public.workflow_nodes as n
    on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  where j.team_id = r.team_id and j.id = r.job_id and j.status in ('READY', 'CLAIMED', 'AMBIGUOUS');

  perform engine.apply_events(array(
    select (e.provider, e.event_key)::engine.event_ref
    from unnest(p_results) as r
    inner join engine.attempts as a on r.team_id = a.team_id and r.attempt_id = a.id
    inner join engine.events as e
      on a.provider = e.provider and r.provider_id = e.provider_id and e.result = 'waiting'
  ));
end
$$;
comment on function engine.accept_attempts(engine.dispatch_result[]) is
'Attempts that the provider took: the job is DISPATCHED and waiting events are applied.';
revoke all on function engine.accept_attempts(engine.dispatch_result[]) from public;
