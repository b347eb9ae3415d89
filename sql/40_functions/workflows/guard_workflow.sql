-- What is not a draft refuses every write, whoever makes it and in whatever SQL. The one step that is
-- left is archiving a published workflow, and that changes nothing else. Deleting a whole team is no
-- change of a workflow: its rows go when it is gone.
create or replace function engine.guard_workflow()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
declare
  v_step text[] := array['status', 'archived_at', 'updated_at'];
begin
  if tg_op = 'INSERT' then
    perform engine.refuse_immutable('workflow', new.id::text, new.status);
  elsif tg_op = 'DELETE' then
    if exists (select from public.teams as t where t.id = old.team_id) then
      perform engine.refuse_immutable('workflow', old.id::text, old.status);
    end if;
    return old;
  elsif old.status <> 'DRAFT' and (old.status = new.status or to_jsonb(old) - v_step <> to_jsonb(new) - v_step)
    or (old.team_id, old.id, old.lineage_id) <> (new.team_id, new.id, new.lineage_id)
  then
    perform engine.refuse_immutable('workflow', old.id::text, old.status);
  end if;
  return new;
end
$$;
comment on function engine.guard_workflow() is 'Raises OB003 for writes to a workflow that is not a draft, but for the step to ARCHIVED.';
revoke all on function engine.guard_workflow() from public;
