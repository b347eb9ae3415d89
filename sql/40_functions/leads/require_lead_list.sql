-- A list that takes leads: of the caller's team, for speed to lead, and not archived.
create or replace function engine.require_lead_list(p_list_id uuid, p_needs public.team_role)
returns public.audience_lists
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, p_needs);
begin
  if v_list.source <> 'speed_to_lead' then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'source_takes_no_leads', 'p_list_id', format('The list is filled from %s, not by leads.', v_list.source)
    )), 'The list');
  end if;
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse(
      'OB003', 'The list is archived.',
      jsonb_build_object('entity', 'audience_list', 'id', v_list.id, 'status', v_list.status), 'Unarchive it first.'
    );
  end if;
  return v_list;
end
$$;
comment on function engine.require_lead_list(uuid, public.team_role) is 'A list that takes leads; OB001, OB003, OB004 or OB008 otherwise.';
revoke all on function engine.require_lead_list(uuid, public.team_role) from public;
