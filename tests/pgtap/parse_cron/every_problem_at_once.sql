-- Every field that can't be read is named, all of them at once; what cron quietly ignores is a warning.
begin;
select plan(14);

create function pg_temp.codes(p_expression text) returns text[] language sql as $$
  select coalesce(array_agg(format('%s %s', replace(i ->> 'path', 'p_expression.', ''), i ->> 'code') order by n), '{}')
  from jsonb_array_elements((engine.parse_cron(p_expression)).issues) with ordinality as e (i, n)
$$;
select is(pg_temp.codes('30 8 * * mon-fri'), '{}', 'a good one has none');
select is(
  pg_temp.codes('60 24 0 foo 8'),
  array[
    'minute cron_value_out_of_range', 'hour cron_value_out_of_range', 'day_of_month cron_value_out_of_range',
    'month cron_value_unknown', 'day_of_week cron_value_out_of_range'
  ],
  'each field'
);
select is(pg_temp.codes('5/10 */0 */32 * *'), array['minute cron_step_without_range', 'hour cron_step_invalid', 'day_of_month cron_step_invalid'], 'steps');
select is(pg_temp.codes('0 0 L * 5L'), array['day_of_month cron_value_unknown', 'day_of_week cron_value_unknown'], 'L is refused');
select ok((engine.parse_cron('0 0 L * *')).issues #>> '{0,message}' like '%"L"%last day of the month write $%', 'L is told what to write instead');
select is(pg_temp.codes('0 0 * * MON#3'), array['day_of_week cron_text_ignored'], 'cron reads Monday and no more');
select is(pg_temp.codes('0 12 8 * * MON'), array['p_expression cron_text_ignored'], 'a sixth field is no field');
select is(pg_temp.codes('50-10 22-6,7 * * *'), array['minute cron_range_wraps', 'hour cron_range_wraps'], 'backwards');
select is((engine.parse_cron('0 22-3/2 * nov-feb sat-sun')).hours, '{0,2,22}', 'goes on from the beginning');
select is((engine.parse_cron('0 22-3/2 * nov-feb sat-sun')).months, '{1,2,11,12}', 'months as well');
select is((engine.parse_cron('0 22-3/2 * nov-feb 7-mon,sat-sun')).weekdays, '{0,1,6}', 'and weekdays, of which there are seven');
select is(pg_temp.codes('8 30'), array['p_expression cron_fields_missing'], 'too few fields');
select is(pg_temp.codes('@Daily'), array['p_expression cron_name_unknown'], 'names are in lower case');
select is(pg_temp.codes(repeat(' ', 990) || '* * * * *'), '{}', 'as long as pg_cron allows');

select * from finish();
rollback;
