-- Where US ZIP codes lie: the address says better than the area code where a person is.
create table reference.postal_prefixes (
  prefix text not null,
  regions text[] not null,
  timezones text[] not null,
  constraint postal_prefixes_pk primary key (prefix),
  constraint postal_prefixes_have_three_digits check (prefix ~ '^[0-9]{3}$'),
  constraint postal_prefixes_have_a_zone check (cardinality(timezones) > 0)
);
comment on table reference.postal_prefixes is
'First three digits of US ZIP codes with every state and time zone that they reach into.';
