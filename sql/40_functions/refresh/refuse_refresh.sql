-- What keeps a list from being refreshed, whoever asks.
create or replace function engine.refuse_refresh(p_list public.audience_lists)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_list.status = 'ARCHIVED' then
    perform engine.refuse(
      'OB003', 'The list is archived.',
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'status', p_list.status), 'Unarchive it first.'
    );
  elsif p_list.source in ('csv', 'speed_to_lead') then
    perform engine.refuse_issues(jsonb_build_array(engine.issue('source_not_refreshable', 'p_list_id', case p_list.source
      when 'csv' then 'The list is filled from files, so there is nothing to refresh it from.'
      else 'Leads come into the list the moment they are there, so there is nothing to refresh.'
    end)), 'The list');
  elsif p_list.definition = '{}' then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'definition_missing', 'p_definition', 'The list has no definition yet, so nobody knows who belongs to it.'
    )), 'The list');
  end if;
  perform engine.refuse_issues(engine.definition_issues(p_list.definition, p_list.source::text), 'The definition');
  perform engine.require_servicetitan(p_list.team_id);
end
$$;
comment on function engine.refuse_refresh(public.audience_lists) is 'OB001, OB003 or OB007 for a list that cannot be refreshed.';
revoke all on function engine.refuse_refresh(public.audience_lists) from public;
