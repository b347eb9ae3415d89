-- What the team says that its provider has, and calls can't do without: assistants, and numbers that may call. Whoever
-- has the account's key can compare.
create or replace function engine.named_at_provider(p_integration public.integrations)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'name', k.name, 'id', k.id) order by k.kind, k.name, k.id), '[]')
  from (
    select 'assistant' as kind, a.name, a.provider_assistant_id as id
    from public.assistants as a
    where a.team_id = p_integration.team_id and a.channel = 'call' and a.is_active
    union all
    select 'phone-number', n.phone, n.vapi_phone_number_id
    from public.phone_numbers as n
    where n.team_id = p_integration.team_id and n.is_verified_for_calls and n.vapi_phone_number_id is not null
  ) as k
  where p_integration.provider = 'vapi'
$$;
comment on function engine.named_at_provider(public.integrations) is
'[{kind: assistant|phone-number, name, id}] that an account at Vapi must have for the team''s calls; [] for others.';
revoke all on function engine.named_at_provider(public.integrations) from public;
