-- What archiving a list does, in words and numbers, for the dialog before it and the notice after.
create or replace function engine.list_archive_message(
  p_list public.audience_lists, p_is_scheduled boolean, p_is_queued boolean, p_dry_run boolean
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_waiting bigint;
begin
  select count(*) into v_waiting
  from public.campaigns as c
  where c.team_id = p_list.team_id and c.list_id = p_list.id and c.status = 'CREATED';
  return concat_ws(
    ' ',
    format(
      '"%s" %s archived: it keeps its %s, and is neither filled nor launched any more.', p_list.name,
      case when p_dry_run then 'would be' else 'is' end,
      case p_list.member_count when 1 then 'one member' else p_list.member_count || ' members' end
    ),
    case when p_is_scheduled then format('Its schedule %s off.', case when p_dry_run then 'would be turned' else 'is' end) end,
    case when p_is_queued then format('The run that waits %s dropped.', case when p_dry_run then 'would be' else 'is' end) end,
    case when v_waiting > 0 then format('Campaigns created with it, and not to be launched: %s.', v_waiting) end
  );
end
$$;
comment on function engine.list_archive_message(public.audience_lists, boolean, boolean, boolean) is
'A sentence or more on what archiving a list does, or would do.';
revoke all on function engine.list_archive_message(public.audience_lists, boolean, boolean, boolean) from public;
