-- How people name the columns that an import reads. A spelling matches a whole header; a word matches
-- a header that contains it. Several columns may match one field: what is in them decides, then rank.
create table reference.import_headers (
  field text not null,
  spelling text not null,
  is_word boolean not null,
  rank smallint not null,
  constraint import_headers_pk primary key (field, spelling),
  constraint import_headers_field_is_known check (
    field in (
      'phone', 'first_name', 'last_name', 'full_name', 'email', 'timezone', 'postal_code', 'servicetitan_customer_id'
    )
  ),
  constraint import_headers_spelling_is_a_key check (spelling = lower(spelling) and spelling <> '')
);
comment on table reference.import_headers is 'Spellings of column headers in contact files, and the field that each means.';
comment on column reference.import_headers.is_word is 'Matches within a longer header too, such as mobile in "Mobile No. (work)".';
comment on column reference.import_headers.rank is 'Lowest wins among columns whose contents are equally good.';
