-- Connects a provider account. What is stored is the name of its secret; workers hold the secret.
-- Saving an integration also lifts a pause and a lowered pace, as resume_integration does: whoever saves it says that the
-- cause is mended.
-- Only a backend with the service key may call it: the names of secrets are shared by the teams of a
-- deployment, and a team that could choose one could spend another team's money.
create or replace function public.upsert_integration(
  p_provider public.provider,
  p_secret_name text,
  p_account_ref text default null,
  p_concurrency_limit integer default 10,
  p_is_sandbox boolean default false,
  p_team_id uuid default null
)
returns public.integrations
language plpgsql
security definer -- writes public.integrations, which no role may write
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of resume_campaign
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_issues jsonb := '[]'::jsonb;
  v_integration public.integrations;
begin
  if p_provider is null then
    v_issues := v_issues || engine.issue('provider_required', 'p_provider', 'Say which provider.');
  end if;
  if p_secret_name is null or p_secret_name !~ '^[A-Z][A-Z0-9_]{0,62}$' then
    v_issues := v_issues || engine.issue(
      'secret_name_malformed', 'p_secret_name',
      'The secret''s name must be capital letters, digits and underscores; never the secret itself.'
    );
  end if;
  if p_provider = 'twilio' and coalesce(p_account_ref, '') !~ '^AC[0-9a-f]{32}$' then
    v_issues := v_issues || engine.issue(
      'account_sid_malformed', 'p_account_ref', 'A Twilio account SID is AC and 32 hexadecimal digits.'
    );
  end if;
  if length(p_account_ref) > 200 then
    v_issues := v_issues || engine.issue(
      'account_ref_length', 'p_account_ref', 'The account''s id has at most 200 characters.'
    );
  end if;
  if p_concurrency_limit is null or p_concurrency_limit not between 1 and 10000 then
    v_issues := v_issues || engine.issue(
      'concurrency_range', 'p_concurrency_limit', 'The limit of calls at once must be between 1 and 10000.'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The integration');
  perform engine.spread_held_jobs(v_team_id, p_provider);
  perform engine.note_account_change(v_team_id, p_provider, p_secret_name, p_account_ref);
  insert into public.integrations (team_id, provider, secret_name, account_ref, concurrency_limit, is_sandbox)
  values (v_team_id, p_provider, p_secret_name, p_account_ref, p_concurrency_limit, coalesce(p_is_sandbox, false))
  on conflict (team_id, provider) do update set
    secret_name = excluded.secret_name,
    account_ref = excluded.account_ref,
    concurrency_limit = excluded.concurrency_limit,
    is_sandbox = excluded.is_sandbox,
    status = 'ACTIVE',
    paused_reason = null,
    paused_at = null,
    pace_per_minute = null,
    pace_begins_at = null,
    pace_reason = null
  returning * into v_integration;
  return v_integration;
end
$$;
comment on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid) is
'Connects or changes a provider account and lifts its pause. Service role only.';
revoke all on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid) from public;
grant execute on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid)
to service_role;
