-- Brings back the events of attempts that are back; see engine.recall_enrollments. One that was delivered
-- again meanwhile waits in the inbox under the same key: what came of the first counts.
create or replace function engine.recall_events(p_ended engine.ended_enrollment[])
returns void
language sql
volatile
set search_path = ''
as $$
  with recalled as (
    delete from engine.event_history as h
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    inner join engine.attempts as a on j.team_id = a.team_id and j.id = a.job_id
    where h.ended_at = n.ended_at and h.team_id = a.team_id and h.attempt_id = a.id
    returning h.*
  )

  insert into engine.events (
    provider, event_key, team_id, attempt_id, provider_id, secret_name, type, payload, occurred_at,
    received_at, applied_at, result, sought_at
  )
  select
    r.provider, r.event_key, r.team_id, r.attempt_id, r.provider_id, r.secret_name, r.type, r.payload,
    r.occurred_at, r.received_at, r.applied_at, r.result, r.sought_at
  from recalled as r
  on conflict on constraint events_pk do update set
    team_id = excluded.team_id, attempt_id = excluded.attempt_id, provider_id = excluded.provider_id,
    secret_name = excluded.secret_name, type = excluded.type, payload = excluded.payload, occurred_at =
    excluded.occurred_at, received_at = excluded.received_at, applied_at = excluded.applied_at, result =
    excluded.result, sought_at = excluded.sought_at
$$;
comment on function engine.recall_events(engine.ended_enrollment[]) is 'Brings the events of ended enrollments back from the history.';
revoke all on function engine.recall_events(engine.ended_enrollment[]) from public;
