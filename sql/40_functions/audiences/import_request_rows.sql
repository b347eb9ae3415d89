-- The import of rows that came with an RPC: the same run as a worker's, within the caller's one
-- transaction. A refusal raises, so that nothing of it remains, not even the run.
create or replace function engine.import_request_rows(
  p_team_id uuid, p_list_id uuid, p_list_name text, p_rows jsonb, p_mapping jsonb, p_partial boolean
)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_shape record;
  v_run public.audience_runs;
begin
  select r.* into v_shape
  from public.teams as t
  cross join lateral engine.read_request_rows(p_rows, p_mapping, t.country) as r
  where t.id = p_team_id;
  v_run := engine.open_run(p_team_id, p_list_id, p_list_name, 'csv', p_partial, v_shape.mapping, null);
  perform engine.start_run(p_team_id, v_run.id);
  insert into engine.import_rows
  select r.* from engine.rows_from_json(
    p_team_id, v_run.id, p_rows, v_shape.is_objects, v_shape.header_row, v_shape.columns, v_shape.mapping
  ) as r;
  v_run := engine.finish_run(p_team_id, v_run.id);
  if v_run.status = 'FAILED' then
    perform engine.refuse(
      'OB001', v_run.failure_message,
      case
        when v_run.failure_code = 'no_rows'
          then jsonb_build_array(engine.issue('rows_missing', 'p_rows', v_run.failure_message))
        else engine.issues_of_run(p_team_id, v_run.id)
      end,
      'Correct the rows, or import the others with p_partial.'
    );
  end if;
  return v_run;
end
$$;
comment on function engine.import_request_rows(uuid, uuid, text, jsonb, jsonb, boolean) is
'Imports rows of a request into a list, which is made when p_list_id is null; OB001 with the problems when they are refused.';
revoke all on function engine.import_request_rows(uuid, uuid, text, jsonb, jsonb, boolean) from public;
