-- When a region lets people be called or texted, in their local time: rows, so that a changed law is
-- a data change. A region's rows replace the default's, weekday by weekday; a weekday that a region
-- lists without hours is closed.
create table reference.calling_windows (
  channel public.contact_channel not null,
  region text not null default '',
  weekday smallint not null,
  starts_at time,
  ends_at time,
  daily_limit smallint,
  constraint calling_windows_pk primary key (channel, region, weekday),
  constraint calling_windows_weekday_is_iso check (weekday between 1 and 7),
  constraint calling_windows_are_whole check ((starts_at is null) = (ends_at is null)),
  constraint calling_windows_run_forward check (starts_at < ends_at),
  constraint calling_windows_daily_limit_is_positive check (daily_limit >= 1)
);
comment on table reference.calling_windows is
'Legal contact hours by region (US state; empty is the default), channel and ISO weekday (1 is Monday). A default, not legal advice.';
comment on column reference.calling_windows.starts_at is 'Local time; null closes the day.';
comment on column reference.calling_windows.daily_limit is 'Contacts that one person may get on such a day; null is no limit.';
