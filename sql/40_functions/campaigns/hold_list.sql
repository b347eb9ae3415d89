-- As engine.hold_workflow, for the list. The weakest lock does, because archiving changes a column that
-- a foreign key refers to; imports, which change the count of members, don't wait for a launch.
create or replace function engine.hold_list(p_team_id uuid, p_list_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from public.audience_lists as l
  where l.team_id = p_team_id and l.id = p_list_id
  for key share;
end
$$;
comment on function engine.hold_list(uuid, uuid) is
'Keeps a list from being archived until the end of the transaction. Taken after the locks on the campaign and its workflow.';
revoke all on function engine.hold_list(uuid, uuid) from public;
