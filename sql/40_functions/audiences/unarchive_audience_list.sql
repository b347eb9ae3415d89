-- The list is in use again. Its schedule stays off until somebody turns it on: weeks may have passed.
create or replace function public.unarchive_audience_list(p_list_id uuid)
returns jsonb
language plpgsql
security definer -- writes public.audience_lists, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.lock_list(p_list_id); -- which asks engine.caller_team_ids
begin
  perform engine.refuse_list_step(v_list, 'ACTIVE');
  update public.audience_lists as l
  set status = 'ACTIVE', updated_at = engine.now()
  where l.team_id = v_list.team_id and l.id = v_list.id
  returning l.* into v_list;
  return engine.describe_list(v_list);
end
$$;
comment on function public.unarchive_audience_list(uuid) is
'Makes an archived list active again and returns it like get_audience_list; its schedule stays off. OB002 when it is active.';
revoke all on function public.unarchive_audience_list(uuid) from public;
grant execute on function public.unarchive_audience_list(uuid) to authenticated, service_role;
