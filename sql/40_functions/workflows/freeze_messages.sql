-- A live flow never changes, so it holds what its texts say: the template of an assistant is copied to
-- each text that it writes, at the moment of publishing. The assistants are held until the end of the
-- transaction, so that what is validated is what was copied.
create or replace function engine.freeze_messages(p_team_id uuid, p_workflow_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  with writers as materialized (
    select a.id::text as id, a.template
    from public.assistants as a
    where a.team_id = p_team_id and a.id::text in (
      select n.config ->> 'assistant_id'
      from public.workflow_nodes as n
      where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    )
    order by a.id
    for share
  )

  update public.workflow_nodes as n
  set assistant_template = w.template
  from writers as w
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.type = 'text'
    and n.config ->> 'assistant_id' = w.id;
end
$$;
comment on function engine.freeze_messages(uuid, uuid) is
'Copies the templates of assistants to the texts of a draft that is being published.';
revoke all on function engine.freeze_messages(uuid, uuid) from public;
