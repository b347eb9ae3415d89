-- What is wrong with a definition of a custom report. What the report itself asks for is in its
-- description, which a worker reads when it runs the report.
create or replace function engine.report_definition_issues(p_definition jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select engine.keyed_issues('p_definition', p_definition, '{category,report_id,parameters,columns}')
    || coalesce((
      select jsonb_agg(engine.issue('value_invalid', 'p_definition.' || v.name, v.message) order by v.name)
      from (
        values
        (
          'category', 'This must be the id of a report category, such as marketing.',
          coalesce(jsonb_typeof(p_definition -> 'category') = 'string' and length(p_definition ->> 'category') between 1 and 100, false)
        ),
        (
          'report_id', 'This must be the id of a report: a positive whole number.',
          coalesce(jsonb_typeof(p_definition -> 'report_id') in ('string', 'number') and p_definition ->> 'report_id' ~ '^[1-9][0-9]{0,17}$', false)
        ),
        (
          'parameters', 'This must be an object of the report''s parameters and their values.',
          coalesce(jsonb_typeof(p_definition -> 'parameters'), 'object') = 'object'
        ),
        (
          'columns', 'This must be an object of fields and the report''s columns.',
          coalesce(jsonb_typeof(p_definition -> 'columns'), 'object') = 'object'
        )
      ) as v (name, message, is_right)
      where not v.is_right
    ), '[]')
    || coalesce((
      select jsonb_agg(engine.issue(
        'mapping_field_unknown', 'p_definition.columns.' || c.field, format('There is no field %s.', left(c.field, 100))
      ) order by c.field)
      from jsonb_object_keys(
        case jsonb_typeof(p_definition -> 'columns') when 'object' then p_definition -> 'columns' else '{}' end
      ) as c (field)
      where not exists (select from reference.import_headers as h where h.field = c.field)
    ), '[]')
$$;
comment on function engine.report_definition_issues(jsonb) is 'Issues of {category, report_id, parameters, columns}.';
revoke all on function engine.report_definition_issues(jsonb) from public;
