-- A new list. With rows they are all checked first; when one of them cannot be used, and a partial
-- import was not asked for, neither the list nor a member is stored.
create or replace function public.create_audience_list(
  p_name text,
  p_source text default 'csv',
  p_definition jsonb default '{}',
  p_rows jsonb default null,
  p_mapping jsonb default null,
  p_partial boolean default false,
  p_team_id uuid default null,
  p_exclusions jsonb default '{}'
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_issues jsonb := engine.list_name_issues(p_name);
  v_run public.audience_runs;
  v_list_id uuid;
  v_list public.audience_lists;
begin
  if p_source is null or p_source <> all(enum_range(null::public.audience_source)::text[]) then
    v_issues := v_issues || engine.issue(
      'source_unknown', 'p_source',
      format('The source must be one of %s.', array_to_string(enum_range(null::public.audience_source), ', '))
    );
  elsif p_rows is not null and p_source <> 'csv' then
    v_issues := v_issues || engine.issue('source_takes_no_rows', 'p_rows', 'Only a list from a file takes rows.');
  end if;
  if p_source = any(enum_range(null::public.audience_source)::text[]) then
    v_issues := v_issues || engine.definition_issues(coalesce(p_definition, '{}'), p_source);
  end if;
  v_issues := v_issues || engine.exclusion_issues(v_team_id, null, coalesce(p_exclusions, '{}'));
  perform engine.refuse_issues(v_issues, 'The list');
  if p_rows is null or p_exclusions <> '{}' then
    -- rows that are refused take the list along: the refusal raises
    v_list_id := engine.new_list(
      v_team_id, p_name, p_source::public.audience_source, coalesce(p_definition, '{}'),
      engine.read_exclusions(v_team_id, coalesce(p_exclusions, '{}'))
    );
  end if;
  if p_rows is not null then
    v_run := engine.import_request_rows(v_team_id, v_list_id, btrim(p_name), p_rows, p_mapping, p_partial);
    v_list_id := v_run.list_id;
  end if;
  select * into v_list from public.audience_lists as l where l.team_id = v_team_id and l.id = v_list_id;
  return engine.describe_list(v_list) || jsonb_build_object(
    'run', engine.describe_run(v_run),
    'issues', case when v_run.id is not null then engine.issues_of_run(v_team_id, v_run.id) else '[]' end
  );
end
$$;
comment on function public.create_audience_list(text, text, jsonb, jsonb, jsonb, boolean, uuid, jsonb) is
'Creates a list, with rows for source csv; returns the list with its run and the issues of rows. OB001 with every problem when rows are refused, and nothing is stored.';
revoke all on function public.create_audience_list(text, text, jsonb, jsonb, jsonb, boolean, uuid, jsonb) from public;
grant execute on function public.create_audience_list(text, text, jsonb, jsonb, jsonb, boolean, uuid, jsonb)
to authenticated, service_role;
