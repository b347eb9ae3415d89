-- Who makes a campaign run holds its workflow, after the campaign itself and until the end of the
-- transaction, and only then looks for what stands in the way: the workflow can't be archived between
-- the look and the launch. Launches share the hold; archiving waits for them, and they for it.
create or replace function engine.hold_workflow(p_team_id uuid, p_workflow_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from public.workflows as w
  where w.team_id = p_team_id and w.id = p_workflow_id
  for share;
end
$$;
comment on function engine.hold_workflow(uuid, uuid) is
'Keeps a workflow from being archived until the end of the transaction. Taken after the lock on the campaign.';
revoke all on function engine.hold_workflow(uuid, uuid) from public;
