begin;
select plan(20);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on campaign to authenticated;
select public.launch_campaign(id) as launched into temp launched from campaign;

select tests.act_as('admin@acme.example');
create function pg_temp.series(p_from timestamptz, p_to timestamptz, p_bucket text default null, p_zone text default null)
returns table (bucket timestamptz, enrolled bigint) language sql as $$
  select m.bucket, m.enrolled from campaign, tests.series(array[campaign.id], p_from, p_to, p_bucket, p_zone) as m
$$;
select results_eq(
  $$ select * from pg_temp.series('2027-02-28 10:00-05', '2027-03-02 10:00-05', 'day') $$,
  $$ values ('2027-02-28 00:00-05'::timestamptz, 0::bigint), ('2027-03-01 00:00-05', 3), ('2027-03-02 00:00-05', 0) $$,
  'by day in the team''s zone, whole days, with zeros'
);
select results_eq(
  $$ select * from pg_temp.series('2027-03-01 17:00Z', '2027-03-02 00:00Z', 'day', 'Asia/Kathmandu') $$,
  $$ values ('2027-03-01 00:00+05:45'::timestamptz, 3::bigint), ('2027-03-02 00:00+05:45', 0) $$,
  'by day where the offset is not whole hours'
);
select is((select count(*) from pg_temp.series('2027-03-14 00:00-05', '2027-03-15 00:00-04', 'hour')), 23::bigint, 'a day of 23 hours');
select is((select count(*) from pg_temp.series('2027-11-07 00:00-04', '2027-11-08 00:00-05', 'hour')), 25::bigint, 'a day of 25 hours');
select is((select count(*) from pg_temp.series('2027-03-14 00:00-05', '2027-03-15 00:00-04', 'day')), 1::bigint, 'is one day');
select is((select count(*) from pg_temp.series('2027-11-07 00:00-04', '2027-11-08 00:00-05', 'day')), 1::bigint, 'and so is that');
select is((select count(*) from pg_temp.series('2027-03-01 12:00-05', '2027-03-01 13:00-05')), 60::bigint, 'an hour by minute');
select is((select count(*) from pg_temp.series('2027-03-01 00:00-05', '2027-03-02 00:00-05')), 96::bigint, 'a day by the quarter of an hour');
select is(
  (select sum(enrolled) from pg_temp.series('2027-01-01 00:00-05', '2028-01-01 00:00-05')), 3::numeric, 'a year has everybody'
);
select is((select sum(enrolled) from pg_temp.series('2026-01-01 00:00Z', '2031-12-01 00:00Z', 'month')), 3::numeric, 'by month');
select is((select sum(enrolled) from pg_temp.series('2027-01-01 00:00Z', '2027-12-01 00:00Z', 'week')), 3::numeric, 'by week');
select is(
  public.get_campaign_timeseries(array[id], '2027-03-01 00:00-05', '2027-03-02 00:00-05') - 'points',
  '{"bucket_size": "quarter_hour", "timezone": "America/New_York"}', 'what was chosen is told'
) from campaign;
select is((select count(*) from pg_temp.series('2027-03-01 00:00-05', '2027-03-02 00:00-05', 'minute')), 1440::bigint, 'a day by minute');
select throws_ok($$ select * from pg_temp.series('2027-01-01', '2028-01-01', 'minute') $$, 'OB009', null, 'too many points');
select throws_ok($$ select * from pg_temp.series(null, 'infinity', 'fortnight', 'Mars/Olympus') $$, 'OB001', null, 'a request that is wrong');
select throws_ok($$ select * from pg_temp.series('-infinity', 'infinity') $$, 'OB001', null, 'the whole of time');
select throws_ok($$ select * from pg_temp.series('2027-01-02', '2027-01-01') $$, 'OB001', null, 'a range that ends before it begins');
select throws_ok(
  $$ select public.get_campaign_timeseries(array_agg(gen_random_uuid()), '2027-01-01', '2027-01-02') from generate_series(1, 1001) $$,
  'OB009', null, 'more than a thousand at once are too many'
);
select is(
  (select sum(m.enrolled) from tests.series(null, '2027-03-01', '2027-03-02') as m), 0::numeric, 'nothing asked, zeros answered'
);
select tests.act_as('admin@other.example');
select is(
  (select sum(enrolled) from pg_temp.series('2027-03-01 00:00Z', '2027-03-02 00:00Z')), 0::numeric, 'another team sees nothing'
);

select * from finish();
rollback;
