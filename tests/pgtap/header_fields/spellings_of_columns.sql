-- What people call their columns.
begin;
select plan(30);

select is(
  (select string_agg(h.field, ',' order by h.field) from engine.header_fields(s.header) as h), s.field, format('"%s"', s.header)
)
from (
  values
  ('Phone', 'phone'), ('Phone Number', 'phone'), ('phone_number', 'phone'), ('phone1', 'phone'), ('Mobile No.', 'phone'),
  ('Lead Phone', 'phone'), ('CELL', 'phone'), ('Téléphone', 'phone'), ('الهاتف', 'phone'), ('☎ Contact', 'phone'),
  ('Fax Phone', null), ('Phone Type', null), ('Phone Verified', null), ('Device', null),
  ('firstName', 'first_name'), ('First_Name', 'first_name'), ('last', 'last_name'), ('Customer Name', 'full_name'),
  ('  Name  ', 'full_name'), ('Campaign Name', null), ('Site name', null),
  ('E-Mail', 'email'), ('EMAIL ADDRESS', 'email'), ('User Email', 'email'), ('Email Opt In', null),
  ('ZIP/Postal Code', 'postal_code'), ('Time Zone', 'timezone'), ('ServiceTitan Customer ID', 'servicetitan_customer_id'),
  ('Email / Phone', 'email,phone'), ('Customer #', null)
) as s (header, field);

select * from finish();
rollback;
