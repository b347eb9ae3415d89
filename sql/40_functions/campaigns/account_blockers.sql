-- A provider's account that is missing or paused. The purpose completes "…, which calls need".
create or replace function engine.account_blockers(p_team_id uuid, p_provider public.provider, p_purpose text)
returns table (n integer, code text, message text)
language sql
stable
set search_path = ''
as $$
  select
    case when i.id is null then 5 else 6 end,
    case when i.id is null then 'integration_missing_' else 'integration_paused_' end || p_provider,
    case
      when i.id is null then format('No %s account is connected, which %s.', k.name, p_purpose)
      else format('The %s account is paused: %s', k.name, i.paused_reason)
    end
  from (select case p_provider when 'servicetitan' then 'ServiceTitan' else initcap(p_provider::text) end as name) as k
  left join public.integrations as i on i.team_id = p_team_id and i.provider = p_provider
  where p_provider is not null and i.status is distinct from 'ACTIVE'
$$;
comment on function engine.account_blockers(uuid, public.provider, text) is
'Why a team''s account at a provider can''t be used: code, message and their place in a list.';
revoke all on function engine.account_blockers(uuid, public.provider, text) from public;
