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
  -- the ends by their order: an aggregate would have to write every id as text
  insert into engine.search_backlog (team_id, first_id, last_id)
  with counted as (
    select n.team_id, count(*) > c_few as is_many from new_rows as n group by n.team_id
  )
  select
    w.team_id,
    (select n.id from new_rows as n where n.team_id = w.team_id order by n.id limit 1),
    (select n.id from new_rows as n where n.team_id = w.team_id order by n.id desc limit 1)
  from counted as w
  where w.is_many
  union all
  select n.team_id, n.id, n.id
  from new_rows as n
  inner join counted as w on n.team_id = w.team_id
  where not w.is_many;
  return null;
end
$$;
comment on function engine.note_contacts() is 'Notes contacts that were written, for engine.index_contacts.';
revoke all on function engine.note_contacts() from public;
