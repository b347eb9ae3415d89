-- A wait ends at the same instant whatever time zone the session has, also when the clocks change in it.
begin;
select plan(4);

set local timezone = 'America/New_York';
select is(
  engine.later('2027-03-13 12:00-05', 'P1D'), '2027-03-14 12:00-05'::timestamptz, 'in the spring a day is 24 hours'
);
select is(
  engine.later('2027-11-06 12:00-04', 'P1DT30M'), '2027-11-07 12:30-04'::timestamptz, 'and in the autumn'
);
set local timezone = 'UTC';
select is(
  engine.later('2027-03-13 12:00-05', 'P1D'), '2027-03-14 12:00-05'::timestamptz, 'as in a session that knows no summer'
);
select is(engine.later('2027-03-13 12:00-05', null), null, 'without a wait there is no moment');

select * from finish();
rollback;
