-- Looks at the list under a lock that archiving waits for, so that of a run and an archive that meet
-- the second sees what the first did.
create or replace function engine.refuse_archived_run()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_status public.audience_status;
begin
  select l.status into v_status from public.audience_lists as l
  where l.team_id = new.team_id and l.id = new.list_id
  for key share;
  if v_status = 'ARCHIVED' then
    perform engine.refuse_archived_list(new.list_id);
  end if;
  return new;
end
$$;
comment on function engine.refuse_archived_run() is 'Raises OB003 for a new run of an archived list.';
revoke all on function engine.refuse_archived_run() from public;
