-- One field: a list of items. Like pg_cron it takes an item's end for the field's end when no comma
-- follows, and what is left without a meaning is reported as a warning.
create or replace function engine.parse_cron_field(
  p_text text, p_field text, p_low integer, p_high integer, p_names text[] default null
)
returns engine.cron_field
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_numbers integer[] := '{}'::integer[];
  v_issues jsonb := '[]'::jsonb;
  v_item text;
  v_rest text;
  v_read engine.cron_field;
begin
  if p_text = '*' then
    return row(array(select generate_series(p_low, p_high)), '[]')::engine.cron_field;
  elsif p_text ~ '^[0-9]{1,2}$' and p_text::integer between p_low and p_high then
    return row(array[p_text::integer], '[]')::engine.cron_field;
  end if;
  -- Item by item, because the first that ends in other characters ends the field.
  foreach v_item in array string_to_array(p_text, ',') loop
    v_read := engine.parse_cron_item(v_item, p_field, p_low, p_high, p_names);
    v_numbers := v_numbers || v_read.numbers;
    v_issues := v_issues || v_read.issues;
    v_rest := regexp_replace(v_item, '^(\*(/[0-9A-Za-z]*)?|[0-9A-Za-z]+(-[0-9A-Za-z]*)?(/[0-9A-Za-z]*)?)', '');
    if v_rest <> '' and v_read.issues @> '[{"severity": "error"}]' is false then
      v_issues := v_issues || engine.issue('cron_text_ignored', 'p_expression.' || p_field, format(
        'Of the %s "%s" cron reads what comes before "%s" and ignores the rest.',
        replace(p_field, '_', ' '), left(p_text, 40), left(v_rest, 20)
      ), 'warning');
      exit;
    end if;
  end loop;
  return row(array(select distinct n from unnest(v_numbers) as u (n) order by n), v_issues)::engine.cron_field;
end
$$;
comment on function engine.parse_cron_field(text, text, integer, integer, text[]) is 'The numbers of a cron field, and what is wrong with it.';
revoke all on function engine.parse_cron_field(text, text, integer, integer, text[]) from public;
