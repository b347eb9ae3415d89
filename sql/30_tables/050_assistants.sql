-- Assistants that workflows may use: voices that the team built at Vapi, and writers of texts. What a
-- writer sends is a template; publishing a workflow copies it, so that changing it here changes no live flow.
create table public.assistants (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  name text not null,
  channel public.contact_channel not null default 'call',
  provider_assistant_id text not null,
  is_active boolean not null default true,
  created_at timestamptz not null default engine.now(),
  template text,
  constraint assistants_pk primary key (team_id, id),
  constraint assistants_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint assistants_one_row_per_provider_id unique (team_id, provider_assistant_id, channel),
  constraint assistants_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint assistants_of_texts_have_a_template check ((channel = 'text') = (template is not null)),
  constraint assistants_template_fits_a_text
  check (length(template) <= 1600 and btrim(template, E' \t\r\n') <> '')
);
comment on table public.assistants is 'Voice or text assistants at the provider that workflow nodes may name.';
comment on column public.assistants.provider_assistant_id is 'The provider''s id of the assistant.';
comment on column public.assistants.template is 'The message that an assistant for texts writes; null for calls.';
alter table public.assistants enable row level security;
create policy assistants_are_seen_by_members on public.assistants for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.assistants to authenticated, service_role;
