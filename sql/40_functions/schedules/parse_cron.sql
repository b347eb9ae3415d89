-- The dialect of pg_cron 1.6, no more and no less: five fields, @names, "N seconds". It reads as that
-- parser reads: comment lines before it, and whatever comes after the last field, are not part of it.
-- What is accepted although it is not what it seems comes back as a warning.
create or replace function engine.parse_cron(p_expression text)
returns engine.cron_schedule
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_text text := regexp_replace(p_expression, '^([ \t]*(#[^\n]*)?\n)*[ \t]*', '');
  v_name text := substring(v_text from '^@([^ \t\n]*)');
  -- a line ends the expression, wherever it ends
  v_fields text[] := array_remove(string_to_array(translate(split_part(v_text, E'\n', 1), E'\t', ' '), ' '), '');
  v_rest text;
  v_seconds text := substring(p_expression from '^\s*\+?0*([1-9]|[1-5][0-9])\s*[sS][eE][cC][oO][nN][dD]([sS]\s*)?$');
  v_plain text := case v_name
    when 'yearly' then '0 0 1 1 *' when 'annually' then '0 0 1 1 *' when 'monthly' then '0 0 1 * *' when 'weekly' then '0 0 * * 0'
    when 'daily' then '0 0 * * *' when 'midnight' then '0 0 * * *' when 'hourly' then '0 * * * *'
  end;
  v_schedule engine.cron_schedule;
begin
  v_schedule.issues := '[]'::jsonb;
  v_schedule.is_at_start := false;
  if octet_length(coalesce(p_expression, '')) >= 1000 then
    v_schedule.issues := jsonb_build_array(engine.issue('cron_too_long', 'p_expression', 'A cron expression has less than 1000 bytes.'));
  elsif v_plain is not null then
    v_schedule := engine.parse_cron_fields(string_to_array(v_plain, ' '));
  elsif v_name in ('reboot', 'restart') then
    v_schedule.is_at_start := true;
  elsif v_name is not null then
    v_schedule.issues := jsonb_build_array(engine.issue('cron_name_unknown', 'p_expression', format(
      '"@%s" is unknown; there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually, in lower case.', left(v_name, 20)
    )));
  elsif v_seconds is not null then
    v_schedule.every_seconds := v_seconds::integer;
  elsif coalesce(cardinality(v_fields), 0) < 5 then
    v_schedule.issues := jsonb_build_array(engine.issue('cron_fields_missing', 'p_expression', format(
      'A cron expression has five fields: minute, hour, day of month, month and day of week, such as 30 8 * * mon-fri; this has %s.',
      coalesce(cardinality(v_fields), 0)
    )));
  else
    v_schedule := engine.parse_cron_fields(v_fields[:5]);
    v_rest := btrim(array_to_string(v_fields[6:], ' ') || substr(v_text, length(split_part(v_text, E'\n', 1)) + 1), E' \t\n\r');
    if v_rest <> '' then
      v_schedule.issues := v_schedule.issues || engine.issue('cron_text_ignored', 'p_expression', format(
        'Cron reads five fields and ignores what follows: "%s". The first field is the minute.', left(v_rest, 40)
      ), 'warning');
    end if;
  end if;
  return v_schedule;
end
$$;
comment on function engine.parse_cron(text) is 'A cron expression as sets of numbers, with every problem in issues.';
revoke all on function engine.parse_cron(text) from public;
