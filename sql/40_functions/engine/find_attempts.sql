-- The attempts that events are about: by our own id, which travelled with the request, else by the
-- provider's. An id of ours that belongs to another message of the provider is not believed, and a secret
-- vouches only for the accounts that have it: one team's says nothing about another team's calls.
create or replace function engine.find_attempts(p_sources engine.event_source[])
returns table (
  provider public.provider, event_key text, team_id uuid, attempt_id uuid, job_id uuid, attempt_status public.attempt_status
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select s.provider, s.event_key, f.team_id, f.id, f.job_id, f.status
  from unnest(p_sources) as s
  left join lateral (
    select a.team_id, a.id, a.job_id, a.status
    from engine.attempts as a
    -- Put so that only the index of ids can be used: while little is known of the table, those of a provider look as short.
    where a.id = s.attempt_id and a.provider is not distinct from s.provider
      and (s.provider_id is null or coalesce(a.provider_id, s.provider_id) = s.provider_id)
      and (s.secret_name is null or exists (
        -- A team has one account at each provider: that of the attempt's job.
        select
        from public.integrations as i
        where i.team_id = a.team_id and i.provider = a.provider and i.secret_name = s.secret_name
      ))
    limit 1
  ) as o on true
  -- Looked for only where ours says nothing.
  left join lateral (
    select a.team_id, a.id, a.job_id, a.status
    from engine.attempts as a
    where o.id is null and a.provider = s.provider and a.provider_id = s.provider_id
      and (s.secret_name is null or exists (
        select
        from public.integrations as i
        where i.team_id = a.team_id and i.provider = a.provider and i.secret_name = s.secret_name
      ))
    limit 1
  ) as t on true
  cross join lateral (
    select
      coalesce(o.team_id, t.team_id) as team_id, coalesce(o.id, t.id) as id, coalesce(o.job_id, t.job_id) as job_id,
      coalesce(o.status, t.status) as status
  ) as f
  where f.id is not null;
end
$$;
comment on function engine.find_attempts(engine.event_source[]) is 'The attempts that events are about, where they are known.';
revoke all on function engine.find_attempts(engine.event_source[]) from public;
