-- What the clocks leave out counts as the first minute after it; what they show twice counts the first time.
begin;
select plan(13);

create function pg_temp.shown(p_wall timestamp, p_zone text) returns text language sql as $$
  select to_char(engine.wall_instant(p_wall, p_zone) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
$$;
select is(pg_temp.shown('2026-06-01 12:00', 'America/New_York'), '2026-06-01 16:00', 'a usual day');
select is(pg_temp.shown('2026-03-08 02:00', 'America/New_York'), '2026-03-08 07:00', 'the gap begins');
select is(pg_temp.shown('2026-03-08 02:59', 'America/New_York'), '2026-03-08 07:00', 'the gap ends');
select is(pg_temp.shown('2026-03-08 03:00', 'America/New_York'), '2026-03-08 07:00', 'and then');
select is(pg_temp.shown('2026-11-01 01:30', 'America/New_York'), '2026-11-01 05:30', 'the first of two');
select is(pg_temp.shown('2026-11-01 02:00', 'America/New_York'), '2026-11-01 07:00', 'after the second');
select is(pg_temp.shown('2026-10-04 02:15', 'Australia/Lord_Howe'), '2026-10-03 15:30', 'a gap of half an hour');
select is(pg_temp.shown('2026-04-05 01:45', 'Australia/Lord_Howe'), '2026-04-04 14:45', 'an overlap of half an hour');
select is(pg_temp.shown('2018-11-04 00:00', 'America/Sao_Paulo'), '2018-11-04 03:00', 'a day without a midnight');
select is(pg_temp.shown('2022-03-27 00:30', 'Asia/Beirut'), '2022-03-26 22:00', 'another');
select is(pg_temp.shown('2011-12-30 12:00', 'Pacific/Apia'), '2011-12-30 10:00', 'a day that never was');
select is(pg_temp.shown('2024-03-10 02:30', 'Africa/Casablanca'), '2024-03-10 01:30', 'Ramadan: back an hour, the first of two');
select is(pg_temp.shown('2024-04-14 02:30', 'Africa/Casablanca'), '2024-04-14 02:00', 'and forward again');

select * from finish();
rollback;
