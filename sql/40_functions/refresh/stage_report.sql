-- The pages of a report as staged rows: its columns are mapped like those of a file, guessed where the
-- definition does not say.
create or replace function engine.stage_report(p_team_id uuid, p_subject_id uuid, p_definition jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_columns text[];
  v_sample jsonb;
  v_mapping jsonb;
  v_issues jsonb;
begin
  select p.columns, jsonb_path_query_array(p.rows, '$[0 to 199]') into v_columns, v_sample
  from engine.report_pages as p
  where p.team_id = p_team_id and p.subject_id = p_subject_id and p.rows <> '[]'
  order by p.page_number
  limit 1;
  if v_columns is null then
    return jsonb_build_object();
  end if;
  select m.mapping, m.issues into v_mapping, v_issues
  from public.teams as t
  cross join lateral engine.read_mapping(
    p_definition -> 'columns', engine.guess_mapping(v_sample, false, 0, v_columns, t.country), v_columns
  ) as m
  where t.id = p_team_id;
  perform engine.refuse_issues(v_issues, 'The report');
  insert into engine.import_rows
  select
    s.team_id, s.run_id, row_number() over (order by p.page_number, s.row_number), s.phone, s.first_name, s.last_name,
    s.full_name, s.email, s.timezone, s.postal_code, s.servicetitan_customer_id, s.reader_problem
  from engine.report_pages as p
  cross join lateral engine.rows_from_json(p_team_id, p_subject_id, p.rows, false, 0, v_columns, v_mapping) as s
  where p.team_id = p_team_id and p.subject_id = p_subject_id;
  return v_mapping;
end
$$;
comment on function engine.stage_report(uuid, uuid, jsonb) is
'Stages the pages of a report; returns the mapping. OB001 when no column holds phones or a stated one is not there.';
revoke all on function engine.stage_report(uuid, uuid, jsonb) from public;
