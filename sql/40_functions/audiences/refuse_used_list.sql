-- The list that campaigns reach people from can't be taken from under them.
create or replace function engine.refuse_used_list(p_list public.audience_lists)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by jsonb;
begin
  select jsonb_agg(
    jsonb_build_object('entity', 'campaign', 'id', c.id, 'name', c.name, 'status', c.status) order by c.name, c.id
  )
  into v_used_by
  from public.campaigns as c
  where c.team_id = p_list.team_id and c.list_id = p_list.id and c.needs_list_status is not null;
  if v_used_by is not null then
    perform engine.refuse(
      'OB005',
      case jsonb_array_length(v_used_by)
        when 1 then format('The campaign "%s" uses this list.', v_used_by -> 0 ->> 'name')
        else format('%s campaigns use this list, "%s" among them.', jsonb_array_length(v_used_by), v_used_by -> 0 ->> 'name')
      end,
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'used_by', v_used_by),
      'Wait until they are completed, or unschedule or cancel them.'
    );
  end if;
end
$$;
comment on function engine.refuse_used_list(public.audience_lists) is
'Raises OB005 while a SCHEDULED, ACTIVE or PAUSED campaign uses the list; used_by is [{entity, id, name, status}].';
revoke all on function engine.refuse_used_list(public.audience_lists) from public;
