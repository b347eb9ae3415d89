-- One item of a field's list: a star or a range, both with or without a step, or a number. Each is read
-- as pg_cron's own parser does, which takes what follows an item and is no comma for the end of the field.
-- Ranges that run backwards, such as sat-sun, are accepted by pg_cron too, but run never or at odd times,
-- depending on its version; here they go on from the beginning, as whoever writes one means it.
create or replace function engine.parse_cron_item(
  p_item text, p_field text, p_low integer, p_high integer, p_names text[]
)
returns engine.cron_field
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_parts text[] := regexp_match(p_item, '^(\*|[0-9A-Za-z]*)(-[0-9A-Za-z]*)?(/[0-9A-Za-z]*)?');
  v_is_star boolean := v_parts[1] = '*';
  v_low integer := case when v_is_star then p_low else engine.parse_cron_number(v_parts[1], p_names, p_low) end;
  -- after a star a range is only text
  v_end text := case when not v_is_star then substr(v_parts[2], 2) end;
  v_step_text text := case when not v_is_star or v_parts[2] is null then substr(v_parts[3], 2) end;
  v_high integer := case
    when v_is_star then p_high when v_end is null then v_low else engine.parse_cron_number(v_end, p_names, p_low)
  end;
  v_step integer := case when v_step_text is null then 1 else engine.parse_cron_number(v_step_text, null, 0) end;
  v_path text := 'p_expression.' || p_field;
  v_name text := replace(p_field, '_', ' ');
  v_cycle integer := case p_field when 'day_of_week' then 7 else p_high - p_low + 1 end;
  v_issue jsonb;
begin
  if v_low is null or v_high is null then
    v_issue := case
      when coalesce(case when v_low is null then v_parts[1] else v_end end, '') ~ '^[0-9]+$' then engine.issue(
        'cron_value_out_of_range', v_path, format('The %s must be from %s to %s.', v_name, p_low, p_high)
      )
      when v_low is not null then engine.cron_word_issue(v_end, p_field, p_low, p_high)
      when v_parts[1] = '' then engine.cron_word_issue(left(p_item, 1), p_field, p_low, p_high)
      else engine.cron_word_issue(v_parts[1], p_field, p_low, p_high)
    end;
  elsif v_end is null and not v_is_star and v_step_text is not null then
    v_issue := engine.issue('cron_step_without_range', v_path, format(
      'The %1$s has a step after a single number; write %2$s-%3$s/%4$s or */%4$s.', v_name, v_low, p_high, left(v_step_text, 10)
    ));
  elsif least(v_low, v_high) < p_low or greatest(v_low, v_high) > p_high then
    v_issue := engine.issue('cron_value_out_of_range', v_path, format(
      'The %s must be from %s to %s, not %s.', v_name, p_low, p_high, case when v_low between p_low and p_high then v_high else v_low end
    ));
  elsif v_step is null or v_step not between 1 and p_high then
    v_issue := engine.issue('cron_step_invalid', v_path, format('The step of the %s must be from 1 to %s.', v_name, p_high));
  elsif v_low > v_high then
    v_issue := engine.issue('cron_range_wraps', v_path, format(
      'The range %s of the %s is read past its end and on from its beginning; pg_cron itself would not.', v_parts[1] || v_parts[2], v_name
    ), 'warning');
  end if;
  return row(
    case
      when v_issue is null then array(select generate_series(v_low, v_high, v_step))
      when v_issue ->> 'severity' = 'warning' then array(
        select (n - p_low) % v_cycle + p_low from generate_series(v_low, v_high + v_cycle, v_step) as g (n)
      )
    end,
    case when v_issue is null then '[]' else jsonb_build_array(v_issue) end
  )::engine.cron_field;
end
$$;
comment on function engine.parse_cron_item(text, text, integer, integer, text[]) is 'The numbers of one item of a field, or its issue.';
revoke all on function engine.parse_cron_item(text, text, integer, integer, text[]) from public;
