-- North American area codes that are assigned, and where each may be. An area code can lie in
-- several zones and states: all of them count, because a contact is reached only when each allows it.
create table reference.area_codes (
  area_code text not null,
  country text not null,
  kind text not null,
  regions text[] not null,
  timezones text[] not null,
  constraint area_codes_pk primary key (area_code),
  constraint area_codes_have_three_digits check (area_code ~ '^[2-9][0-9]{2}$'),
  constraint area_codes_country_is_iso_3166 check (country ~ '^[A-Z]{2}$'),
  constraint area_codes_kind_is_known check (kind in ('geographic', 'toll_free', 'premium', 'non_geographic')),
  constraint area_codes_of_a_place_have_a_zone check (kind <> 'geographic' or cardinality(timezones) > 0)
);
comment on table reference.area_codes is 'Assigned North American area codes with their states and time zones.';
comment on column reference.area_codes.regions is 'States or provinces that numbers of this code may be in.';
comment on column reference.area_codes.timezones is
'IANA zones that numbers of this code may be in; empty when it belongs to no place, which means any of calling code 1.';
