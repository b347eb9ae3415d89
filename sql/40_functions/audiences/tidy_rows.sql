-- Cells as people mean them: no spaces around, no Excel wrapper (="1001"), nothing where there is
-- nothing. A cell that begins with = and is no such wrapper is text, whatever it says.
create or replace function engine.tidy_rows(p_rows engine.import_rows[])
returns table (
  ordinal bigint, row_number bigint, phone text, first_name text, last_name text, email text, timezone text,
  postal_code text, customer_id text, reader_problem text
)
language plpgsql
immutable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
begin
  return query
  with tidy as (
    -- the same for each field: a function called for every cell of a million rows would take a minute
    select
      r.ordinal,
      r.row_number,
      r.phone,
      r.reader_problem,
      nullif(btrim(
        case when r.first_name like '="%"' then substr(r.first_name, 3, length(r.first_name) - 3) else r.first_name end,
        E' \t\r\n\u00A0'
      ), '') as first_name,
      nullif(btrim(
        case when r.last_name like '="%"' then substr(r.last_name, 3, length(r.last_name) - 3) else r.last_name end,
        E' \t\r\n\u00A0'
      ), '') as last_name,
      nullif(btrim(
        case when r.full_name like '="%"' then substr(r.full_name, 3, length(r.full_name) - 3) else r.full_name end,
        E' \t\r\n\u00A0'
      ), '') as full_name,
      nullif(btrim(
        case when r.email like '="%"' then substr(r.email, 3, length(r.email) - 3) else r.email end,
        E' \t\r\n\u00A0'
      ), '') as email,
      nullif(btrim(
        case when r.timezone like '="%"' then substr(r.timezone, 3, length(r.timezone) - 3) else r.timezone end,
        E' \t\r\n\u00A0'
      ), '') as timezone,
      nullif(btrim(
        case when r.postal_code like '="%"' then substr(r.postal_code, 3, length(r.postal_code) - 3) else r.postal_code end,
        E' \t\r\n\u00A0'
      ), '') as postal_code,
      nullif(btrim(
        case when r.servicetitan_customer_id like '="%"' then substr(r.servicetitan_customer_id, 3, length(r.servicetitan_customer_id) - 3) else r.servicetitan_customer_id end,
        E' \t\r\n\u00A0'
      ), '') as customer_id
    from unnest(p_rows) with ordinality as r (
      team_id, run_id, row_number, phone, first_name, last_name, full_name, email, timezone, postal_code,
      servicetitan_customer_id, reader_problem, ordinal
    )
  )
  select
    t.ordinal,
    t.row_number,
    t.phone,
    -- a whole name is "Last, First" or ends with the last name
    case
      when t.full_name is null or t.first_name is not null or t.last_name is not null then t.first_name
      when t.full_name like '%,%' then nullif(btrim(substr(t.full_name, strpos(t.full_name, ',') + 1)), '')
      else coalesce(substring(t.full_name from '^(.*\S)\s+\S+$'), t.full_name)
    end,
    case
      when t.full_name is null or t.first_name is not null or t.last_name is not null then t.last_name
      when t.full_name like '%,%' then nullif(btrim(substr(t.full_name, 1, strpos(t.full_name, ',') - 1)), '')
      else substring(t.full_name from '^.*\S\s+(\S+)$')
    end,
    t.email,
    t.timezone,
    t.postal_code,
    t.customer_id,
    t.reader_problem
  from tidy as t;
end
$$;
comment on function engine.tidy_rows(engine.import_rows[]) is 'Staged rows with tidy cells and names in two parts.';
revoke all on function engine.tidy_rows(engine.import_rows[]) from public;
