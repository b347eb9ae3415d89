-- Whether a request for the job may have reached the provider, or did. While it has one, nothing else is
-- sent for it.
create or replace function engine.has_live_attempt(p_team_id uuid, p_job_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select exists (
      select
      from engine.attempts as a
      where a.team_id = p_team_id and a.job_id = p_job_id and a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED')
    )
  );
end
$$;
comment on function engine.has_live_attempt(uuid, uuid) is 'Whether an attempt of the job is open, in doubt or accepted.';
revoke all on function engine.has_live_attempt(uuid, uuid) from public;
