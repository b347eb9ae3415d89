-- On the days on which the clocks change, nine in the morning is nine in the morning, and a window that
-- the spring gap would turn backwards is empty.
begin;
select plan(3);

create function pg_temp.hours(p_day date, p_start text, p_end text)
returns tstzmultirange
language sql
as $$
  select engine.open_hours('call', jsonb_build_object('timezone', 'team', 'windows', jsonb_build_object(
    'sunday', jsonb_build_array(jsonb_build_object('start', p_start, 'end', p_end))
  )), 'America/New_York', '{Asia/Kolkata}', '{}', p_day::timestamptz, (p_day + 1)::timestamptz)
$$;

select is(
  pg_temp.hours('2027-03-14', '09:00', '10:00'),
  '{[2027-03-14 13:00+00,2027-03-14 14:00+00)}'::tstzmultirange, 'in spring'
);
select is(
  pg_temp.hours('2027-11-07', '09:00', '10:00'),
  '{[2027-11-07 14:00+00,2027-11-07 15:00+00)}'::tstzmultirange, 'in autumn'
);
select is(
  pg_temp.hours('2027-03-14', '02:30', '03:00'), '{}'::tstzmultirange, 'a window that would run backwards is empty'
);

select * from finish();
rollback;
