-- What an import of these rows would do, row by row. Writes nothing: it is stable.
create or replace function public.validate_audience_csv(
  p_rows jsonb, p_mapping jsonb default null, p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the team's country
set search_path = ''
as $$
declare
  v_team public.teams;
  v_shape record;
  v_result jsonb;
begin
  select * into v_team from public.teams as t where t.id = engine.require_team(p_team_id, 'viewer');
  select * into v_shape from engine.read_request_rows(p_rows, p_mapping, v_team.country);
  with checked as materialized (
    select
      c.*,
      c.verdict = 'accepted'
      and row_number() over (partition by c.verdict, c.phone order by c.row_number) > 1 as is_duplicate
    from engine.check_rows(
      array(
        select r from engine.rows_from_json(
          v_team.id, null, p_rows, v_shape.is_objects, v_shape.header_row, v_shape.columns, v_shape.mapping
        ) as r
      ),
      v_team.country, v_team.is_sandbox
    ) as c
  ),
  problems as materialized (
    select
      c.row_number, c.is_duplicate, p.severity,
      engine.issue(i.issue ->> 'code', 'p_rows', p.message, p.severity, jsonb_build_object(
        'row', c.row_number, 'column', nullif(engine.column_label(v_shape.mapping, coalesce(i.issue ->> 'field', '')), ''),
        'value', i.issue ->> 'value'
      )) as issue
    from checked as c
    cross join lateral jsonb_array_elements(
      coalesce(c.issues, '[]') || case
        when c.is_duplicate
          then jsonb_build_array(jsonb_build_object('code', 'duplicate_phone', 'field', 'phone', 'value', c.phone))
        else '[]'
      end
    ) as i (issue)
    inner join reference.import_problems as p on i.issue ->> 'code' = p.code
  )
  select jsonb_build_object(
    'has_header', v_shape.is_objects or v_shape.header_row > 0,
    'header_row', nullif(v_shape.header_row, 0),
    'columns', to_jsonb(v_shape.columns),
    'mapping', v_shape.mapping,
    'counts', (
      select jsonb_build_object(
        'rows', count(*),
        'accepted', count(*) filter (where c.verdict = 'accepted' and not c.is_duplicate),
        'rejected', count(*) filter (where c.verdict = 'rejected'),
        'duplicate', count(*) filter (where c.is_duplicate),
        'warning', (select count(distinct p.row_number) from problems as p where p.severity = 'warning')
      )
      from checked as c
    ),
    'issue_count', (select count(*) from problems),
    'issues', (
      select coalesce(jsonb_agg(p.issue order by (p.severity = 'error') desc, p.row_number), '[]')
      from (
        select * from problems as p order by (p.severity = 'error') desc, p.row_number limit 500
      ) as p
    )
  ) into v_result;
  return v_result;
end
$$;
comment on function public.validate_audience_csv(jsonb, jsonb, uuid) is
'Checks rows (objects, or arrays of cells with or without a header) and writes nothing: {has_header, header_row, '
'columns, mapping{field: [column]}, counts{rows, accepted, rejected, duplicate, warning}, issue_count, issues[first '
'500]}.';
revoke all on function public.validate_audience_csv(jsonb, jsonb, uuid) from public;
grant execute on function public.validate_audience_csv(jsonb, jsonb, uuid) to authenticated, service_role;
