-- What an expression means in words, and its next times in its own zone.
begin;
select plan(23);

select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
create function pg_temp.words(p_expression text) returns text language sql as $$
  select public.describe_cron(p_expression) ->> 'summary'
$$;
select is(pg_temp.words('30 8 * * 1-5'), 'At 08:30, Monday to Friday', 'weekdays');
select is(pg_temp.words('*/15 9-17 * * MON-FRI'), 'Every 15 minutes between 09:00 and 17:59, Monday to Friday', 'within hours');
select is(pg_temp.words('@daily'), 'At 00:00 every day', 'daily');
select is(pg_temp.words('0 * * * *'), 'Every hour', 'hourly');
select is(pg_temp.words('0 9,14 * * 0,7'), 'At 09:00 and 14:00, on Sunday', 'two names of Sunday');
select is(pg_temp.words('0 0 1,15 * 3'), 'At 00:00, on days 1 and 15 of the month or on Wednesday', 'either day field');
select is(pg_temp.words('0 0 */2 * 1,5'), 'At 00:00, on every 2nd day from 1 to 31 of the month if that day is Monday or Friday', 'both day fields');
select is(pg_temp.words('0 0 1-31 * 1'), 'At 00:00 every day', 'either of Mondays and all days');
select is(pg_temp.words('0 6 $ 1-3 *'), 'At 06:00, on the last day of the month, January to March', 'the last day');
select is(pg_temp.words('*/7 * * * *'), 'Every 7 minutes from minute 0 to 56 of each hour', 'an uneven step');
select is(pg_temp.words('5,20,41 */2 * 6,9 *'), 'At minutes 5, 20 and 41 of each hour in every 2nd hour from 00:00 to 22:59, in June and September', 'a list');
select is(pg_temp.words('0 0 30 2 *'), 'Never', 'no such day');
select is(pg_temp.words('30 seconds'), 'Every 30 seconds', 'seconds');
select is(pg_temp.words('@reboot'), 'When the server starts', 'no time at all');
select is(
  public.describe_cron('30 2 * * *', 'America/New_York', 3, '2026-03-07 12:00+00') -> 'next',
  '["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00", "2026-03-10T02:30:00-04:00"]', 'over a gap'
);
select is(
  public.describe_cron('*/30 1 * * *', 'America/New_York', 3, '2026-11-01 04:59:59.5+00') -> 'next',
  '["2026-11-01T01:00:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:00:00-05:00"]', 'over an overlap, once'
);
select is(public.describe_cron('0 0 * * *', 'Asia/Kathmandu', 1, '2026-01-01 00:00+00') #>> '{next,0}', '2026-01-02T00:00:00+05:45', 'strange offsets');
select is(public.describe_cron('* * * * *', p_count => 0) -> 'next', '[]', 'no times asked for');
select throws_ok($$ select public.describe_cron('61 * * * *', 'EST') $$, 'OB001', null, 'a wrong expression and zone');
select throws_ok($$ select public.describe_cron(null, null) $$, 'OB001', null, 'nothing at all');
select throws_ok($$ select public.describe_cron('* * * * *', p_count => 101) $$, 'OB009', null, 'too many times');
select throws_ok($$ select public.describe_cron('* * * * *', p_from => 'infinity') $$, 'OB001', null, 'no moment');
select tests.act_as('eve@nowhere.example');
select throws_ok($$ select public.describe_cron('* * * * *') $$, 'OB004', null, 'somebody in no team');

select * from finish();
rollback;
