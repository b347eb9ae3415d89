-- What sources write for a time zone, and which zone that is. Abbreviations that mean two clocks
-- (MST), and names that say nothing of a place (UTC), are not here: a wrong zone is worse than none.
create table reference.timezones (
  spelling text not null,
  timezone text not null,
  constraint timezones_pk primary key (spelling),
  constraint timezones_spelling_is_lower_case check (spelling = lower(spelling)),
  constraint timezones_are_places check (timezone like '%/%')
);
create index timezones_by_timezone on reference.timezones (timezone);
comment on table reference.timezones is 'Spellings of time zones, in lower case, and the IANA zone of each.';
