-- Keeps what was wrong with the rows, in order of the file.
create or replace function engine.record_run_errors(p_run public.audience_runs)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_warned bigint;
begin
  insert into public.audience_run_errors (
    team_id, run_id, position, row_number, column_name, code, severity, value, servicetitan_customer_id
  )
  select
    p_run.team_id, p_run.id, row_number() over (order by c.row_number, i.place), c.row_number,
    l.label, i.issue ->> 'code', p.severity, i.issue ->> 'value', c.servicetitan_customer_id
  from engine.checked_rows as c
  cross join lateral jsonb_array_elements(c.issues) with ordinality as i (issue, place)
  inner join reference.import_problems as p on i.issue ->> 'code' = p.code
  inner join (
    select f.field, engine.column_label(p_run.mapping, f.field) as label
    from unnest(array[
      '', 'phone', 'first_name', 'last_name', 'email', 'timezone', 'postal_code', 'servicetitan_customer_id'
    ]) as f (field)
  ) as l on coalesce(i.issue ->> 'field', '') = l.field
  where c.team_id = p_run.team_id and c.run_id = p_run.id and c.issues is not null;
  select count(distinct e.row_number) into v_warned
  from public.audience_run_errors as e
  inner join engine.checked_rows as c
    on e.team_id = c.team_id and e.run_id = c.run_id and e.row_number = c.row_number and c.verdict = 'accepted'
  where e.team_id = p_run.team_id and e.run_id = p_run.id and e.severity = 'warning';
  return v_warned;
end
$$;
comment on function engine.record_run_errors(public.audience_runs) is
'Stores the issues of a run''s rows; returns how many accepted rows have a warning.';
revoke all on function engine.record_run_errors(public.audience_runs) from public;
