-- The attempt that an event is about: by our own id, which travelled with the request, else by the
-- provider's. An id of ours that belongs to another message of the provider is not believed, and a secret
-- vouches only for the accounts that have it: one team's says nothing about another team's calls.
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
  from engine.attempts as a
  where a.provider = p_provider
    and (
      (a.id = p_attempt_id and (p_provider_id is null or coalesce(a.provider_id, p_provider_id) = p_provider_id))
      or a.provider_id = p_provider_id
    )
    and (p_secret_name is null or exists (
      select
      from engine.jobs as j
      inner join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
      where j.team_id = a.team_id and j.id = a.job_id and i.secret_name = p_secret_name
    ))
  order by (a.id = p_attempt_id) desc nulls last
  limit 1
$$;
comment on function engine.find_attempt(public.provider, uuid, text, text) is 'The attempt that an event is about, if it is known.';
revoke all on function engine.find_attempt(public.provider, uuid, text, text) from public;
