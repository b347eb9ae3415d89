-- News of what has been moved: for events that wait for an attempt that the hot tables do not have, the history
-- is searched, once for each, and the enrollment comes back. What they say is then applied as if it had never
-- been away: a stop in a report that is weeks late still stops.
create or replace function engine.seek_in_history()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_unknown engine.event_ref[] := array(
    select (e.provider, e.event_key)::engine.event_ref
    from engine.events as e
    where e.result = 'waiting' and e.type <> 'inbound' and e.sought_at is null and not exists (
      select from engine.find_attempt(e.provider, e.attempt_id, e.provider_id, null)
    )
    order by e.received_at
    limit 1000
    for update of e skip locked
  );
  v_recalled integer;
begin
  if cardinality(v_unknown) = 0 then
    return 0;
  end if;
  with unknown as (
    update engine.events as e
    set sought_at = engine.now()
    from unnest(v_unknown) as u
    where e.provider = u.provider and e.event_key = u.event_key
    returning e.provider, e.attempt_id, e.provider_id
  ),

  attempts as (
    select h.team_id, h.job_id
    from unknown as u
    inner join engine.attempt_history as h on u.attempt_id = h.id and u.provider = h.provider
    union
    select h.team_id, h.job_id
    from unknown as u
    inner join engine.attempt_history as h on u.provider = h.provider and u.provider_id = h.provider_id
  )

  select engine.recall_enrollments(array_agg(j.team_id), array_agg(j.enrollment_id)) into v_recalled
  from attempts as a
  inner join engine.job_history as j on a.team_id = j.team_id and a.job_id = j.id;
  return v_recalled;
end
$$;
comment on function engine.seek_in_history() is
'Brings back the enrollments that waiting events are about; returns how many.';
revoke all on function engine.seek_in_history() from public;
