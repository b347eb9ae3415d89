-- The index of the search follows what is written; see engine.index_contacts.
create or replace trigger contacts_are_noted_when_new
after insert on public.contacts
referencing new table as new_rows
for each statement execute function engine.note_contacts();
create or replace trigger contacts_are_noted_when_changed
after update on public.contacts
referencing new table as new_rows
for each statement execute function engine.note_contacts();
