-- A draft that is none any more can't be saved over, so its revisions are of no use. A trigger, so
-- that it holds for whatever publishes or archives.
create or replace function engine.forget_revisions()
returns trigger
language plpgsql
security definer -- whoever changes the status
set search_path = ''
as $$
begin
  delete from engine.workflow_revisions as r where r.team_id = new.team_id and r.workflow_id = new.id;
  return null;
end
$$;
comment on function engine.forget_revisions() is 'Drops the revisions of a workflow that is no draft any more.';
revoke all on function engine.forget_revisions() from public;
