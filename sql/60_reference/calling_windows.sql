-- Calls and marketing texts: 8:00 to 21:00 where the person is; Florida and Oklahoma until 20:00 and
-- three contacts a day; no Sundays in Alabama and Louisiana. Teams check these with their counsel.
insert into reference.calling_windows (channel, region, weekday, starts_at, ends_at, daily_limit)
select c.channel, r.region, d.weekday, r.starts_at, r.ends_at, r.daily_limit
from unnest(enum_range(null::public.contact_channel)) as c (channel)
cross join (
  values
  ('', '08:00'::time, '21:00'::time, null::smallint),
  ('FL', '08:00', '20:00', 3),
  ('OK', '08:00', '20:00', 3)
) as r (region, starts_at, ends_at, daily_limit)
cross join generate_series(1, 7) as d (weekday)
union all
select c.channel, r.region, 7, null, null, null
from unnest(enum_range(null::public.contact_channel)) as c (channel)
cross join (values ('AL'), ('LA')) as r (region)
on conflict (channel, region, weekday) do update
  set starts_at = excluded.starts_at, ends_at = excluded.ends_at, daily_limit = excluded.daily_limit;
