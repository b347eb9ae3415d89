-- What a list is called, what fills it and whom it leaves out; null leaves a thing as it is. Members stay
-- until the next refresh: an import never removes anybody.
create or replace function public.update_audience_list(
  p_list_id uuid, p_name text default null, p_definition jsonb default null, p_exclusions jsonb default null
)
returns jsonb
language plpgsql
security definer -- writes public.audience_lists, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.lock_list(p_list_id); -- which asks engine.caller_team_ids
  v_issues jsonb := case when p_name is not null then engine.list_name_issues(p_name) else '[]' end;
begin
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse_archived_list(v_list.id);
  end if;
  v_issues := v_issues || engine.definition_issues(coalesce(p_definition, '{}'), v_list.source::text);
  if p_exclusions is not null then
    v_issues := v_issues || engine.exclusion_issues(v_list.team_id, v_list.id, p_exclusions);
  end if;
  perform engine.refuse_issues(v_issues, 'The list');
  update public.audience_lists as l
  set
    name = coalesce(btrim(p_name), l.name),
    definition = coalesce(p_definition, l.definition),
    exclusions = case
      when p_exclusions is null then l.exclusions else engine.read_exclusions(l.team_id, p_exclusions)
    end,
    updated_at = engine.now()
  where l.team_id = v_list.team_id and l.id = v_list.id
  returning l.* into v_list;
  return engine.describe_list(v_list);
end
$$;
comment on function public.update_audience_list(uuid, text, jsonb, jsonb) is
'Changes a list and returns it like get_audience_list; what is null stays. OB001 with every problem, OB003 when it is archived.';
revoke all on function public.update_audience_list(uuid, text, jsonb, jsonb) from public;
grant execute on function public.update_audience_list(uuid, text, jsonb, jsonb) to authenticated, service_role;
