-- Words and phrases of a team's own by which its customers stop or start texts, beside those of
-- reference.consent_phrases. Kept as engine.consent_words writes them, so that they meet what people write.
create table public.team_phrases (
  team_id uuid not null,
  phrase text not null,
  action text not null,
  is_whole_message boolean not null,
  created_at timestamptz not null default engine.now(),
  constraint team_phrases_pk primary key (team_id, phrase),
  constraint team_phrases_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint team_phrases_have_a_length check (length(phrase) between 1 and 100),
  constraint team_phrases_are_normalised check (phrase = btrim(lower(phrase))),
  constraint team_phrases_action_is_known check (action in ('opt_out', 'opt_in')),
  constraint team_phrases_opt_in_is_a_whole_message check (action = 'opt_out' or is_whole_message)
);
comment on table public.team_phrases is 'A team''s own words and phrases for stopping and starting texts.';
comment on column public.team_phrases.is_whole_message is
'True for a word that counts only alone; false for a phrase that counts anywhere in a text. To start again takes a whole message.';
alter table public.team_phrases enable row level security;
create policy team_phrases_are_seen_by_members on public.team_phrases for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.team_phrases to authenticated, service_role;
