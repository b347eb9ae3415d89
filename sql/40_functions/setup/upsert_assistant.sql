-- Registers an assistant that workflow nodes may name, keyed by the provider's own id. What a published
-- workflow sends does not change with it: that was copied when it was published. Whether it is active changes only when
-- it is said.
create or replace function public.upsert_assistant(
  p_name text,
  p_provider_assistant_id text,
  p_channel public.contact_channel default 'call',
  p_is_active boolean default null,
  p_team_id uuid default null,
  p_template text default null
)
returns public.assistants
language plpgsql
security definer -- writes public.assistants, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_issues jsonb := '[]'::jsonb;
  v_assistant public.assistants;
  v_is_active boolean;
begin
  if coalesce(btrim(p_name), '') = '' or length(btrim(p_name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if coalesce(btrim(p_provider_assistant_id), '') = '' or length(p_provider_assistant_id) > 200 then
    v_issues := v_issues || engine.issue(
      'provider_id_required', 'p_provider_assistant_id', 'The provider''s id of the assistant is missing or too long.'
    );
  end if;
  if p_channel is null then
    v_issues := v_issues || engine.issue('channel_required', 'p_channel', 'Say which channel: call or text.');
  end if;
  v_issues := v_issues || engine.assistant_template_issues(p_channel, p_template);
  perform engine.refuse_issues(v_issues, 'The assistant');
  select a.* into v_assistant
  from public.assistants as a
  where a.team_id = v_team_id and a.provider_assistant_id = btrim(p_provider_assistant_id) and a.channel = p_channel
  for no key update;
  v_is_active := coalesce(p_is_active, v_assistant.is_active, true);
  if v_assistant.is_active and not v_is_active then
    perform engine.refuse_while_sending(v_team_id, 'assistant', v_assistant.id, array[p_channel]);
  end if;
  insert into public.assistants as a (team_id, name, channel, provider_assistant_id, is_active, template)
  values (
    v_team_id, btrim(p_name), p_channel, btrim(p_provider_assistant_id), v_is_active, p_template
  )
  on conflict (team_id, provider_assistant_id, channel)
  do update set
    name = excluded.name,
    is_active = coalesce(p_is_active, a.is_active), -- one that somebody else adds at this moment was not seen above
    template = excluded.template
  returning a.* into v_assistant;
  return v_assistant;
end
$$;
comment on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text) is
'Adds or changes an assistant, keyed by the provider''s id and the channel. One for texts has the template that it writes, '
'with the variables of workflow templates; published workflows keep the one that they were published with. p_is_active null '
'leaves it as it is. OB005 naming the campaigns, SCHEDULED or ACTIVE, that need one that is switched off. Admin only.';
revoke all on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text) from public;
grant execute on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text)
to authenticated, service_role;
