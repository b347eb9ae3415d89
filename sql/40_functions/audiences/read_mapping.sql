-- A mapping as a person states it, over the guess: {field: name | [names] | null}. Every problem of it
-- is found at once. Names may differ from the header in case and punctuation.
create or replace function engine.read_mapping(p_stated jsonb, p_guess jsonb, p_columns text[])
returns table (mapping jsonb, issues jsonb)
language sql
stable
set search_path = ''
as $$
  with stated as (
    select s.field, n.name, n.place
    from jsonb_each(case when jsonb_typeof(p_stated) = 'object' then p_stated else '{}' end) as s (field, value)
    cross join lateral jsonb_array_elements(
      case jsonb_typeof(s.value) when 'array' then s.value else jsonb_build_array(s.value) end
    ) with ordinality as n (name, place)
  ),
  found as (
    select
      s.field,
      s.place,
      s.name,
      (
        select c.name from unnest(p_columns) with ordinality as c (name, place)
        where c.name = s.name #>> '{}' or engine.header_key(c.name) = engine.header_key(s.name #>> '{}')
        order by (c.name = s.name #>> '{}') desc, c.place
        limit 1
      ) as column_name
    from stated as s
  ),
  problems as (
    select engine.issue('mapping_malformed', 'p_mapping', 'The mapping must be an object of fields and column names.') as issue
    where p_stated is not null and jsonb_typeof(p_stated) not in ('object', 'null')
    union all
    select engine.issue(
      'mapping_field_unknown', 'p_mapping.' || f.field,
      format('There is no field %s; fields are phone, first_name, last_name, full_name, email, timezone, postal_code and servicetitan_customer_id.', f.field)
    )
    from (select distinct f.field from found as f) as f
    where not exists (select from reference.import_headers as h where h.field = f.field)
    union all
    select engine.issue(
      'mapping_column_unknown', 'p_mapping.' || f.field,
      format('There is no column %s; the columns are: %s.', f.name #>> '{}', array_to_string(p_columns, ', '))
    )
    from found as f
    where f.column_name is null and jsonb_typeof(f.name) <> 'null'
    union all
    select engine.issue('mapping_field_takes_one_column', 'p_mapping.' || f.field, format('Only phone may be read from several columns, not %s.', f.field))
    from found as f
    group by f.field
    having f.field <> 'phone' and count(*) > 1
  ),
  merged as (
    select p_guess - array(select f.field from found as f)
      || coalesce(jsonb_object_agg(m.field, m.names), '{}') as mapping
    from (
      select f.field, jsonb_agg(f.column_name order by f.place) as names
      from found as f
      where f.column_name is not null
      group by f.field
    ) as m
  )
  select
    m.mapping,
    coalesce((select jsonb_agg(p.issue) from problems as p), '[]')
    || case
      when m.mapping ? 'phone' or exists (select from problems) then '[]'
      else jsonb_build_array(engine.issue(
        'phone_column_missing', 'p_mapping.phone',
        format('No column holds phone numbers; the columns are: %s.', coalesce(nullif(array_to_string(p_columns, ', '), ''), '(none)'))
      ))
    end
  from merged as m
$$;
comment on function engine.read_mapping(jsonb, jsonb, text[]) is 'The stated mapping over the guessed one: ({field: [names]}, issues).';
revoke all on function engine.read_mapping(jsonb, jsonb, text[]) from public;
