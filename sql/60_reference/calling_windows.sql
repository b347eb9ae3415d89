-- Calls and marketing texts: 8:00 to 21:00 where the person is, and less in the states whose own laws say
-- so; where summaries of a law differ, the narrower reading. A weekday without hours is closed. Texts keep
-- the same hours as calls. Public holidays are not in here. Teams check these with their counsel;
-- docs/consent.md shows them as a table, which a test compares.
insert into reference.calling_windows (channel, region, weekday, starts_at, ends_at, daily_limit)
select c.channel, r.region, d.weekday, r.starts_at, r.ends_at, r.daily_limit
from unnest(enum_range(null::public.contact_channel)) as c (channel)
cross join (
  values
  ('', 1, 7, '08:00'::time, '21:00'::time, null::smallint),
  ('AL', 1, 6, '08:00', '20:00', null),
  ('AL', 7, 7, null, null, null),
  ('CT', 1, 7, '09:00', '20:00', null),
  ('FL', 1, 7, '08:00', '20:00', 3),
  ('KY', 1, 7, '10:00', '21:00', null),
  ('LA', 1, 6, '08:00', '20:00', null),
  ('LA', 7, 7, null, null, null),
  ('MA', 1, 7, '08:00', '20:00', null),
  ('MD', 1, 7, '08:00', '20:00', 3),
  ('MI', 1, 7, '09:00', '21:00', null),
  ('MN', 1, 7, '09:00', '21:00', null),
  ('MS', 1, 6, '08:00', '20:00', null),
  ('MS', 7, 7, null, null, null),
  ('NM', 1, 7, '09:00', '21:00', null),
  ('NV', 1, 7, '09:00', '20:00', null),
  ('OK', 1, 7, '08:00', '20:00', 3),
  ('PA', 7, 7, '13:30', '21:00', null),
  ('RI', 1, 5, '09:00', '18:00', null),
  ('RI', 6, 6, '10:00', '17:00', null),
  ('RI', 7, 7, null, null, null),
  ('SD', 1, 6, '09:00', '21:00', null),
  ('SD', 7, 7, null, null, null),
  ('TX', 1, 6, '09:00', '21:00', null),
  ('TX', 7, 7, '12:00', '21:00', null),
  ('UT', 7, 7, null, null, null),
  ('WA', 1, 7, '08:00', '20:00', null),
  ('WY', 1, 7, '08:00', '20:00', null)
) as r (region, first_day, last_day, starts_at, ends_at, daily_limit)
cross join lateral generate_series(r.first_day, r.last_day) as d (weekday)
on conflict (channel, region, weekday) do update
  set starts_at = excluded.starts_at, ends_at = excluded.ends_at, daily_limit = excluded.daily_limit;
