-- Whatever writes contacts notes them for the index of the search, in the same transaction. A few are
-- noted one by one; of many, where the first and the last are: what lies between is then looked at too.
create or replace function engine.note_contacts()
returns trigger
language plpgsql
security definer -- contacts are written by functions of other owners' rights
set search_path = ''
as $$
declare
  c_few constant integer := 100;
begin
  insert into engine.search_backlog (team_id, first_id, last_id)
  select w.team_id, w.first_id::uuid, w.last_id::uuid
  from (
    select n.team_id, min(n.id::text collate "C") as first_id, max(n.id::text collate "C") as last_id, count(*) as contacts
    from new_rows as n
    group by n.team_id
  ) as w
  where w.contacts > c_few;
  if not found then
    insert into engine.search_backlog (team_id, first_id, last_id)
    select n.team_id, n.id, n.id from new_rows as n;
  end if;
  return null;
end
$$;
comment on function engine.note_contacts() is 'Notes contacts that were written, for engine.index_contacts.';
revoke all on function engine.note_contacts() from public;
