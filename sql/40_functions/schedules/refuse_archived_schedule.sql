-- No schedule of an archived list is on, whatever writes it.
create or replace function engine.refuse_archived_schedule()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from public.audience_lists as l where l.team_id = new.team_id and l.id = new.list_id and l.status = 'ARCHIVED'
  ) then
    perform engine.refuse(
      'OB003', 'The list is archived, so its schedule stays off.',
      jsonb_build_object('entity', 'audience_list', 'id', new.list_id, 'status', 'ARCHIVED'), 'Unarchive it first.'
    );
  end if;
  return new;
end
$$;
comment on function engine.refuse_archived_schedule() is 'Raises OB003 for an enabled schedule of an archived list.';
revoke all on function engine.refuse_archived_schedule() from public;
