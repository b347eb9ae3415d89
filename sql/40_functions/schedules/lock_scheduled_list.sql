-- The list of a schedule that is about to change, for an operator. Whoever changes a schedule locks the
-- list first and the schedule then, as archiving does.
create or replace function engine.lock_scheduled_list(p_list_id uuid, p_is_enabled boolean)
returns public.audience_lists
language plpgsql
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
begin
  select * into v_list from public.audience_lists as l
  where l.team_id = v_list.team_id and l.id = v_list.id
  for no key update;
  if v_list.id is null then
    perform engine.refuse_not_found('audience_list', p_list_id);
  elsif v_list.status = 'ARCHIVED' and p_is_enabled then
    perform engine.refuse(
      'OB003', 'The list is archived, so its schedule stays off.',
      jsonb_build_object('entity', 'audience_list', 'id', v_list.id, 'status', v_list.status), 'Unarchive it first.'
    );
  end if;
  return v_list;
end
$$;
comment on function engine.lock_scheduled_list(uuid, boolean) is
'Locks a list whose schedule changes; OB003 when it would be turned on for an archived list, OB004, OB008.';
revoke all on function engine.lock_scheduled_list(uuid, boolean) from public;
