-- What a search looks through: for each contact the words that can be found, and the places that it is
-- in. A table of its own, because an index of trigrams costs more to keep than the contact itself: an
-- import notes what it wrote (search_backlog), and the index follows.
create table engine.search_entries (
  team_id uuid not null,
  contact_id uuid not null,
  slice integer not null,
  places bigint[] not null,
  terms text not null,
  constraint search_entries_pk primary key (team_id, contact_id),
  constraint search_entries_contact_exists
  foreign key (team_id, contact_id) references public.contacts (team_id, id) on delete cascade,
  constraint search_entries_slice_is_a_byte check (slice between 0 and 255)
);
create index search_entries_by_terms on engine.search_entries using gin (places, terms extensions.gin_trgm_ops);
comment on table engine.search_entries is 'Contacts as a search finds them. What is in engine.search_backlog may be stale here.';
comment on column engine.search_entries.places is
'The team, a sixteenth of it and a 256th of it, as engine.search_place numbers them: a search that finds a lot reads a part. '
'One in 4,096 is in the sample as well, and whoever has a word that begins with a sign in a place for that.';
comment on column engine.search_entries.terms is 'As engine.search_contacts writes them.';
