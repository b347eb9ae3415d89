-- A member is added or removed; which list and which contact it is never changes, or the count of its
-- list would.
create or replace function engine.refuse_member_move()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB003', 'A member of a list cannot become another one.',
    jsonb_build_object('entity', 'audience_member', 'id', old.contact_id, 'status', null), ''
  );
  return null;
end
$$;
comment on function engine.refuse_member_move() is 'Raises OB003 when the key of a member changes.';
revoke all on function engine.refuse_member_move() from public;
