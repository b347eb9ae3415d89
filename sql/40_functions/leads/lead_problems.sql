-- The issues of a checked lead in the words of OB001's detail.
create or replace function engine.lead_problems(p_issues jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_issues is null then
    return '[]'::jsonb;
  end if;
  return (
    select coalesce(jsonb_agg(
      engine.issue(
        p.code, concat_ws('.', 'p_lead', nullif(i.issue ->> 'field', '')), p.message, p.severity,
        jsonb_build_object('value', i.issue ->> 'value')
      ) order by i.place
    ), '[]')
    from jsonb_array_elements(p_issues) with ordinality as i (issue, place)
    inner join reference.import_problems as p on i.issue ->> 'code' = p.code
  );
end
$$;
comment on function engine.lead_problems(jsonb) is 'Issues of a checked row as [{code, severity, path, message, value}].';
revoke all on function engine.lead_problems(jsonb) from public;
