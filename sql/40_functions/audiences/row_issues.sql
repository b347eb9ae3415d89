-- The problems of one row in the order of importance. Called for the few rows that have any.
create or replace function engine.row_issues(
  p_phone_problem text, p_phone text, p_others text[], p_reader_problem text, p_bad_email text, p_bad_timezone text,
  p_bad_customer_id text, p_first_name text, p_last_name text
)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', i.code, 'field', i.field, 'value', left(i.value, 200))))
  from (
    select p_phone_problem as code, 'phone' as field, nullif(btrim(p_phone), '') as value
    -- a source that knows why there is none says so itself
    where p_phone_problem is not null and not (p_phone_problem = 'phone_missing' and starts_with(coalesce(p_reader_problem, ''), 'phone_'))
    union all
    select 'phone_extra_unused', 'phone', o.other from unnest(p_others) as o (other)
    union all
    select p_reader_problem, null, null where p_reader_problem is not null
    union all
    select 'email_invalid', 'email', p_bad_email where p_bad_email is not null
    union all
    select 'timezone_unknown', 'timezone', p_bad_timezone where p_bad_timezone is not null
    union all
    select 'customer_id_invalid', 'servicetitan_customer_id', p_bad_customer_id where p_bad_customer_id is not null
    union all
    select 'value_too_long', 'first_name', p_first_name where length(p_first_name) > 200
    union all
    select 'value_too_long', 'last_name', p_last_name where length(p_last_name) > 200
  ) as i
$$;
comment on function engine.row_issues(text, text, text[], text, text, text, text, text, text) is 'Issues of one row: [{code, field, value}].';
revoke all on function engine.row_issues(text, text, text[], text, text, text, text, text, text) from public;
