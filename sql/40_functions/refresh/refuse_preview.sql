-- What keeps a definition from being tried out.
create or replace function engine.refuse_preview(p_team_id uuid, p_definition jsonb, p_source text, p_exclusions jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb := jsonb_build_array();
begin
  if p_source is null or p_source not in ('servicetitan', 'custom_report') then
    v_issues := v_issues || engine.issue(
      'source_unknown', 'p_source', 'The source must be servicetitan or custom_report: only these have definitions.'
    );
  elsif coalesce(p_definition, '{}') = '{}' then
    v_issues := v_issues || engine.issue('definition_missing', 'p_definition', 'There is no definition to try out.');
  else
    v_issues := v_issues || engine.definition_issues(p_definition, p_source);
  end if;
  v_issues := v_issues || engine.exclusion_issues(p_team_id, null, p_exclusions);
  perform engine.refuse_issues(v_issues, 'The definition');
  perform engine.require_servicetitan(p_team_id);
end
$$;
comment on function engine.refuse_preview(uuid, jsonb, text, jsonb) is 'OB001 or OB007 for a preview that cannot be made.';
revoke all on function engine.refuse_preview(uuid, jsonb, text, jsonb) from public;
