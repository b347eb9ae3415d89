begin;
select plan(4);

select is(
  engine.first_open('{[2027-03-01 13:00+00,2027-03-01 17:00+00)}', '2027-03-01 14:00:00.9+00'),
  '2027-03-01 14:00:00+00', 'what is due now stays due now, to the whole second'
);
select is(
  engine.first_open('{[2027-03-01 13:00+00,2027-03-01 17:00+00)}', '2027-03-01 10:00+00'),
  '2027-03-01 13:00+00', 'before the hours: when they begin'
);
select is(
  engine.first_open('{[2027-03-01 13:00+00,2027-03-01 17:00+00),[2027-03-02 13:00+00,2027-03-02 17:00+00)}',
    '2027-03-01 17:00+00'),
  '2027-03-02 13:00+00', 'the end is outside'
);
select is(engine.first_open('{}', '2027-03-01 17:00+00'), null, 'never, when there are no hours');

select * from finish();
rollback;
