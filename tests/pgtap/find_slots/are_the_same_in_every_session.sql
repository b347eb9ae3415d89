-- Batches of whole days begin at the same instants whatever time zone the session has: what one session
-- books another one must find.
begin;
select plan(2);
create temp view slots as
select f.slot_at, f.rank_from, f.rank_to, f.run_at
from engine.find_slots(
  null, null, 'call', 2, 'P1D', '{[2027-03-12 00:00+00, 2027-03-20 00:00+00)}', '2027-03-12 15:00+00', 9
) as f;

set local timezone = 'UTC';
create temp table expected as table slots;
select is(
  (select array_agg(slot_at order by slot_at) from expected),
  array(select generate_series('2027-03-12 00:00+00'::timestamptz, '2027-03-16 00:00+00', '24 hours')),
  'a batch every 24 hours'
);
set local timezone = 'America/New_York';
select results_eq(
  'select * from slots order by slot_at', 'select * from expected order by slot_at', 'also where the clocks change meanwhile'
);

select * from finish();
rollback;
