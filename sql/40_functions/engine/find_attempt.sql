-- The attempt that one event is about: see the function for many.
create or replace function engine.find_attempt(
  p_provider public.provider,
  p_attempt_id uuid,
  p_provider_id text,
  p_secret_name text
)
returns setof engine.attempts
language sql
stable
rows 1
set search_path = ''
as $$
  select a.*
  from engine.find_attempts(array[(p_provider, '', p_attempt_id, p_provider_id, p_secret_name)::engine.event_source]) as f
  inner join engine.attempts as a on f.attempt_id = a.id and f.team_id is not distinct from a.team_id -- see apply_known_events
$$;
comment on function engine.find_attempt(public.provider, uuid, text, text) is 'The attempt that an event is about, if it is known.';
revoke all on function engine.find_attempt(public.provider, uuid, text, text) from public;
