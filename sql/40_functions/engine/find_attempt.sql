-- The attempt that an event is about: by our own id, which travelled with the request, else by the
-- provider's. An id of ours that belongs to another message of the provider is not believed.
create or replace function engine.find_attempt(
  p_provider public.provider,
  p_attempt_id uuid,
  p_provider_id text
)
returns setof engine.attempts
language sql
stable
rows 1
set search_path = ''
as $$
  select a.*
  from engine.attempts as a
  where a.provider = p_provider
    and (
      (a.id = p_attempt_id and (p_provider_id is null or coalesce(a.provider_id, p_provider_id) = p_provider_id))
      or a.provider_id = p_provider_id
    )
  order by (a.id = p_attempt_id) desc nulls last
  limit 1
$$;
comment on function engine.find_attempt(public.provider, uuid, text) is 'The attempt that an event is about, if it is known.';
revoke all on function engine.find_attempt(public.provider, uuid, text) from public;
