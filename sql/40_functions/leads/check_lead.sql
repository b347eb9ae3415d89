-- A lead as a checked row, by the rule that files go through: columns by their names in many spellings,
-- any phone format, every problem.
create or replace function engine.check_lead(p_team_id uuid, p_run_id uuid, p_lead jsonb)
returns engine.checked_rows
language plpgsql
stable
set search_path = ''
as $$
declare
  v_lead jsonb := coalesce((
    select jsonb_object_agg(f.key, f.value)
    from jsonb_each(p_lead) as f
    -- the id of the lead is not that of the customer
    where replace(lower(f.key), '-', '_') not in ('external_id', 'externalid', 'lead_id', 'leadid', 'leadgen_id', 'id')
  ), '{}');
  v_rows jsonb := jsonb_build_array(v_lead);
  v_columns text[] := array(select k from jsonb_object_keys(v_lead) as k order by k);
  v_row engine.import_rows;
  v_checked engine.checked_rows;
begin
  select r.* into v_row
  from public.teams as t
  cross join lateral engine.rows_from_json(
    p_team_id, p_run_id, v_rows, true, 0, v_columns, engine.guess_mapping(v_rows, true, 0, v_columns, t.country)
  ) as r
  where t.id = p_team_id;
  v_row.row_number := 1;
  select c.* into v_checked
  from public.teams as t
  cross join lateral engine.check_rows(array[v_row], t.country, t.is_sandbox) as c
  where t.id = p_team_id;
  v_checked.team_id := p_team_id;
  v_checked.run_id := p_run_id;
  v_checked.row_number := 1;
  return v_checked;
end
$$;
comment on function engine.check_lead(uuid, uuid, jsonb) is 'A flat lead as a checked row of a run.';
revoke all on function engine.check_lead(uuid, uuid, jsonb) from public;
