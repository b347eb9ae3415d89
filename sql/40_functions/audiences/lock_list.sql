-- A list that is about to change, for an operator. The role is checked before the lock is taken, so that
-- who may only read can't make writers wait; the row is read again under the lock.
create or replace function engine.lock_list(p_list_id uuid)
returns public.audience_lists
language plpgsql
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
begin
  select l.* into v_list from public.audience_lists as l
  where l.team_id = v_list.team_id and l.id = v_list.id
  for update;
  if v_list.id is null then
    perform engine.refuse_not_found('audience_list', p_list_id);
  end if;
  return v_list;
end
$$;
comment on function engine.lock_list(uuid) is 'A list that the caller may change, locked against other writers and launches.';
revoke all on function engine.lock_list(uuid) from public;
