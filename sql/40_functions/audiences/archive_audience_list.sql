-- The list rests: nothing fills it, nothing is launched over it. The campaigns are looked at under the
-- lock on the list, which every launch takes too: one of the two comes first, and the other sees it. A
-- trigger turns its schedule off.
create or replace function public.archive_audience_list(p_list_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.audience_lists, which no role may write
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_list public.audience_lists;
  v_message text;
begin
  if v_dry_run then
    v_list := engine.require_list(p_list_id, 'operator'); -- which asks engine.caller_team_ids
  else
    v_list := engine.lock_list(p_list_id);
  end if;
  perform engine.refuse_list_step(v_list, 'ARCHIVED');
  perform engine.refuse_while_used(v_list.team_id, 'audience_list', p_list_id);
  perform engine.refuse_running_list(v_list);
  v_message := engine.list_archive_message(
    v_list,
    exists (
      select from public.audience_schedules as s where s.team_id = v_list.team_id and s.list_id = v_list.id and s.is_enabled
    ),
    exists (
      select from public.audience_runs as r
      where r.team_id = v_list.team_id and r.list_id = v_list.id and r.status = 'QUEUED'
    ),
    v_dry_run
  );
  if not v_dry_run then
    perform engine.drop_queued_run(v_list);
    update public.audience_lists as l
    set status = 'ARCHIVED', updated_at = engine.now()
    where l.team_id = v_list.team_id and l.id = v_list.id
    returning l.* into v_list;
  end if;
  return engine.describe_list(v_list) || jsonb_build_object(
    'from', 'ACTIVE', 'to', 'ARCHIVED', 'dry_run', v_dry_run, 'message', v_message
  );
end
$$;
comment on function public.archive_audience_list(uuid, boolean) is
'Archives a list and returns it like get_audience_list, with {from, to, dry_run, message}: OB002 when it is archived, OB005 '
'with used_by[{entity, id, name, status}] while campaigns or a run use it. With p_dry_run nothing changes.';
revoke all on function public.archive_audience_list(uuid, boolean) from public;
grant execute on function public.archive_audience_list(uuid, boolean) to authenticated, service_role;
