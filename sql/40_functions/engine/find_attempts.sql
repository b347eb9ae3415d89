-- The attempts that events are about: by our own id, which travelled with the request, else by the
-- provider's. An id of ours that belongs to another message of the provider is not believed, and a secret
-- vouches only for the accounts that have it: one team's says nothing about another team's calls.
create or replace function engine.find_attempts(p_sources engine.event_source[])
returns table (provider public.provider, event_key text, team_id uuid, attempt_id uuid, job_id uuid)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select s.provider, s.event_key, f.team_id, f.id, f.job_id
  from unnest(p_sources) as s
  cross join lateral (
    select k.team_id, k.id, k.job_id
    from (
      select a.team_id, a.id, a.job_id, 1 as rank
      from engine.attempts as a
      where a.id = s.attempt_id and a.provider = s.provider
        and (s.provider_id is null or coalesce(a.provider_id, s.provider_id) = s.provider_id)
      union all
      select a.team_id, a.id, a.job_id, 2
      from engine.attempts as a
      where a.provider = s.provider and a.provider_id = s.provider_id
    ) as k
    where s.secret_name is null or exists (
      select
      from engine.jobs as j
      inner join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
      where j.team_id = k.team_id and j.id = k.job_id and i.secret_name = s.secret_name
    )
    order by k.rank
    limit 1
  ) as f;
end
$$;
comment on function engine.find_attempts(engine.event_source[]) is 'The attempts that events are about, where they are known.';
revoke all on function engine.find_attempts(engine.event_source[]) from public;
