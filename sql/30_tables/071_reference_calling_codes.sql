-- Country calling codes: which lengths are possible, and which zones.
create table reference.calling_codes (
  calling_code text not null,
  countries text[] not null,
  lengths smallint[] not null,
  trunk_prefix text,
  timezones text[] not null,
  constraint calling_codes_pk primary key (calling_code),
  constraint calling_codes_have_one_to_three_digits check (calling_code ~ '^[1-9][0-9]{0,2}$'),
  constraint calling_codes_have_a_length check (cardinality(lengths) > 0)
);
comment on table reference.calling_codes is 'Country calling codes with possible lengths and time zones.';
comment on column reference.calling_codes.lengths is 'Digits that a number may have after the calling code.';
comment on column reference.calling_codes.trunk_prefix is
'What callers within the country dial first and people wrongly keep after the calling code, as in +44 (0)20.';
comment on column reference.calling_codes.timezones is 'Every IANA zone of the code; empty when it has no place.';
