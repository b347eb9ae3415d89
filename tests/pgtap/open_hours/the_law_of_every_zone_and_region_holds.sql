-- Legal hours are intersected over all zones and regions that may apply; business hours narrow them.
begin;
select plan(9);

create function pg_temp.open(
  p_at timestamptz, p_timezones text[], p_regions text[] default '{}', p_hours jsonb default null
)
returns boolean
language sql
as $$
  select engine.open_hours('call', p_hours, 'America/New_York', p_timezones, p_regions,
    p_at - interval '1 day', p_at + interval '1 day') @> p_at
$$;

select ok(pg_temp.open('2027-03-01 08:00-05', '{America/New_York}'), 'from eight in the morning');
select ok(not pg_temp.open('2027-03-01 07:59:59-05', '{America/New_York}'), 'not a second before');
select ok(not pg_temp.open('2027-03-01 21:00-05', '{America/New_York}'), 'not from nine in the evening on');
select ok(
  not pg_temp.open('2027-03-01 08:30-05', '{America/New_York,America/Los_Angeles}'),
  'not while it is night in another zone that the person may be in'
);
select ok(pg_temp.open('2027-03-01 11:30-05', '{America/New_York,America/Los_Angeles}'), 'when all zones allow it');
select ok(not pg_temp.open('2027-03-01 20:30-05', '{America/New_York}', '{FL}'), 'Florida ends at eight');
select ok(not pg_temp.open('2027-03-07 12:00-06', '{America/Chicago}', '{AL}'), 'no Sundays in Alabama');
select ok(not pg_temp.open('2027-03-01 12:00-05', '{}'), 'never when the zone is unknown');
select ok(
  not pg_temp.open('2027-03-01 12:30-05', '{America/New_York}', '{}',
    '{"timezone": "contact", "windows": {"monday": [{"start": "09:00", "end": "12:00"}]}}'),
  'not at lunch, when business hours say so'
);

select * from finish();
rollback;
