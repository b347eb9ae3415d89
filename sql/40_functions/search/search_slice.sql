-- Which 256th of a team a contact is in: a random byte of its id, so all are of one size. Searches answer
-- in order of it.
create or replace function engine.search_slice(p_contact_id uuid)
returns integer
language sql
immutable
parallel safe
set search_path = ''
as $$ select get_byte(uuid_send(p_contact_id), 15) $$;
comment on function engine.search_slice(uuid) is 'A number from 0 to 255.';
revoke all on function engine.search_slice(uuid) from public;
