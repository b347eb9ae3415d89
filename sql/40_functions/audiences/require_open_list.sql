-- A list that takes an import: of the caller's team, for files, and not archived.
create or replace function engine.require_open_list(p_list_id uuid)
returns public.audience_lists
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
begin
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse_archived_list(v_list.id);
  end if;
  if v_list.source <> 'csv' then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'source_takes_no_rows', 'p_list_id', format('The list is filled from %s, not from files.', v_list.source)
    )), 'The list');
  end if;
  return v_list;
end
$$;
comment on function engine.require_open_list(uuid) is 'A list that rows can be imported into; OB001, OB003, OB004 or OB008 otherwise.';
revoke all on function engine.require_open_list(uuid) from public;
