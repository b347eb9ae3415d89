-- Authorises an import whose rows a worker copies in. The first rows of the file show its columns;
-- with those the mapping is settled here, by the same rule as for rows from a frontend.
create or replace function public.start_audience_import(
  p_sample jsonb,
  p_list_id uuid default null,
  p_list_name text default null,
  p_mapping jsonb default null,
  p_partial boolean default false,
  p_file_name text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes public.audience_runs, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists;
  v_team public.teams;
  v_list_id uuid;
  v_shape record;
  v_run public.audience_runs;
begin
  if p_list_id is not null then
    v_list := engine.require_open_list(p_list_id);
  end if;
  select * into v_team from public.teams as t
  where t.id = engine.require_team(coalesce(v_list.team_id, p_team_id), 'operator');
  if p_list_id is null then
    perform engine.refuse_issues(engine.list_name_issues(p_list_name), 'The list');
    v_list_id := engine.find_list_for_import(v_team.id, p_list_name);
    if v_list_id is not null then
      v_list := engine.require_open_list(v_list_id);
    end if;
  end if;
  select * into v_shape from engine.read_request_rows(p_sample, p_mapping, v_team.country);
  v_run := engine.open_run(
    v_team.id, v_list.id, coalesce(v_list.name, btrim(p_list_name)), 'csv', p_partial, v_shape.mapping, p_file_name
  );
  return jsonb_build_object(
    'run_id', v_run.id, 'team_id', v_team.id, 'list_id', v_list.id, 'list_name', v_run.list_name,
    'header_row', v_shape.header_row, 'columns', to_jsonb(v_shape.columns), 'mapping', v_shape.mapping,
    'places', (
      select jsonb_object_agg(m.field, (
        select jsonb_agg(array_position(v_shape.columns, n.name) order by n.place)
        from jsonb_array_elements_text(m.names) with ordinality as n (name, place)
      ))
      from jsonb_each(v_shape.mapping) as m (field, names)
    )
  );
end
$$;
comment on function public.start_audience_import(jsonb, uuid, text, jsonb, boolean, text, uuid) is
'Queues the import of a file by a worker, given its first rows as arrays: {run_id, team_id, list_id, list_name, '
'header_row, columns, mapping{field: [column]}, places{field: [column place from 1]}}.';
revoke all on function public.start_audience_import(jsonb, uuid, text, jsonb, boolean, text, uuid) from public;
grant execute on function public.start_audience_import(jsonb, uuid, text, jsonb, boolean, text, uuid) to authenticated, service_role;
