-- More rows for a list, under the same rule: all of them, or with p_partial those that can be used.
create or replace function public.import_audience_rows(
  p_list_id uuid, p_rows jsonb, p_mapping jsonb default null, p_partial boolean default false
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_open_list(p_list_id); -- engine.caller_team_ids, engine.require_role
  v_run public.audience_runs;
begin
  v_run := engine.import_request_rows(v_list.team_id, v_list.id, v_list.name, p_rows, p_mapping, p_partial);
  return engine.describe_run(v_run) || jsonb_build_object('issues', engine.issues_of_run(v_list.team_id, v_run.id));
end
$$;
comment on function public.import_audience_rows(uuid, jsonb, jsonb, boolean) is
'Imports rows into a list from files; returns the run with the issues of rows. OB001 with every problem when rows are refused.';
revoke all on function public.import_audience_rows(uuid, jsonb, jsonb, boolean) from public;
grant execute on function public.import_audience_rows(uuid, jsonb, jsonb, boolean) to authenticated, service_role;
