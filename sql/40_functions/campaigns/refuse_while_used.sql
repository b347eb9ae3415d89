-- What a campaign uses, or is about to use, can't be taken from under it.
create or replace function engine.refuse_while_used(p_team_id uuid, p_entity text, p_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_noun text := case p_entity when 'audience_list' then 'list' else p_entity end;
  v_used_by jsonb;
begin
  select jsonb_agg(
    jsonb_build_object('entity', 'campaign', 'id', c.id, 'name', c.name, 'status', c.status) order by c.name, c.id
  )
  into v_used_by
  from public.campaigns as c
  where c.team_id = p_team_id and c.status in ('SCHEDULED', 'ACTIVE', 'PAUSED')
    and ((p_entity = 'workflow' and c.workflow_id = p_id) or (p_entity = 'audience_list' and c.list_id = p_id));
  if v_used_by is not null then
    perform engine.refuse(
      'OB005',
      case jsonb_array_length(v_used_by)
        when 1 then format('The campaign "%s" uses this %s.', v_used_by -> 0 ->> 'name', v_noun)
        else format(
          '%s campaigns use this %s, "%s" among them.', jsonb_array_length(v_used_by), v_noun, v_used_by -> 0 ->> 'name'
        )
      end,
      jsonb_build_object('entity', p_entity, 'id', p_id, 'used_by', v_used_by),
      'Wait until they are completed, or unschedule or cancel them.'
    );
  end if;
end
$$;
comment on function engine.refuse_while_used(uuid, text, uuid) is
'Raises OB005 while a SCHEDULED, ACTIVE or PAUSED campaign uses the workflow or audience_list; used_by is [{entity, id, name, status}].';
revoke all on function engine.refuse_while_used(uuid, text, uuid) from public;
