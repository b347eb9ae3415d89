-- What a campaign uses, or is about to use, can't be taken from under it.
create or replace function engine.refuse_while_used(p_team_id uuid, p_entity text, p_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_noun constant text := case p_entity when 'audience_list' then 'list' else p_entity end;
begin
  perform engine.refuse_in_use(
    p_team_id, p_entity, p_id,
    array(
      select c.id
      from public.campaigns as c
      where c.team_id = p_team_id and c.status in ('SCHEDULED', 'ACTIVE', 'PAUSED')
        and ((p_entity = 'workflow' and c.workflow_id = p_id) or (p_entity = 'audience_list' and c.list_id = p_id))
    ),
    format('uses this %s', v_noun), format('use this %s', v_noun),
    'Wait until they are completed, or unschedule or cancel them.'
  );
end
$$;
comment on function engine.refuse_while_used(uuid, text, uuid) is
'Raises OB005 while a SCHEDULED, ACTIVE or PAUSED campaign uses the workflow or audience_list; used_by is [{entity, id, name, status}].';
revoke all on function engine.refuse_while_used(uuid, text, uuid) from public;
