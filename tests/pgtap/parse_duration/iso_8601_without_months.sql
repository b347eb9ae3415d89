-- Durations that have a length, and nothing else.
begin;
select plan(6);

select is(
  (select array_agg(t) from unnest('{PT15M,P2D,P1W,PT36H,P1DT2H3M4S,PT0S,P0D,PT99999S}'::text[]) as t
    where engine.parse_duration(t) is null), null, 'durations'
);
select is(
  (select array_agg(t) from unnest(
    '{"",P,PT,P1,15M,PT15,P1M,P1Y,PT1.5H,-PT5M,PT-5M,P1DT,"PT15M ",pt15m,PT1M1H,P1D2W,1 day,PT100000S,+P1D}'::text[]
  ) as t where engine.parse_duration(t) is not null), null, 'and what is none'
);
select is(engine.parse_duration('PT15M'), interval '15 minutes', 'minutes before months');
select is(engine.parse_duration('P1W2D'), interval '9 days', 'weeks are days');
select is(engine.parse_duration(null), null, 'null is none');
select is(
  (select count(*) from generate_series(1, 2000) as n
    cross join lateral (select make_interval(days => n % 40, hours => n % 30, mins => n % 60, secs => n % 7) as length) as i
    where engine.parse_duration(engine.format_duration(i.length)) is distinct from i.length
      or engine.format_duration(engine.parse_duration(engine.format_duration(i.length))) <> engine.format_duration(i.length)),
  0::bigint, 'what is written is read again'
);

select * from finish();
rollback;
