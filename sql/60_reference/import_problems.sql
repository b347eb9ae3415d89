-- The codes are part of the contract with frontends; docs/audiences.md lists them.
insert into reference.import_problems (code, severity, message) values
('phone_missing', 'error', 'There is no phone number.'),
('phone_not_a_number', 'error', 'This is not a phone number.'),
('phone_scientific_notation', 'error', 'A spreadsheet rounded this number; its last digits are lost. Format the column as text and export again.'),
('phone_too_short', 'error', 'The number has too few digits.'),
('phone_too_long', 'error', 'The number has too many digits.'),
('phone_without_area_code', 'error', 'The number has no area code.'),
('phone_area_code_unassigned', 'error', 'No such area code is assigned.'),
('phone_exchange_impossible', 'error', 'No number can have these three digits after the area code.'),
('phone_premium_rate', 'error', 'Numbers that charge the caller are not called.'),
('phone_needs_plus', 'error', 'Numbers outside North America must be written with + and the country code.'),
('phone_country_unknown', 'error', 'No country has this calling code.'),
('phone_length_impossible', 'error', 'Numbers of this country do not have this many digits.'),
('phone_fictitious', 'error', 'The number is reserved for fiction; only sandbox teams may hold it.'),
('phone_extra_unused', 'info', 'Another number of this row is not used.'),
('duplicate_phone', 'info', 'The number is in an earlier row, which was used.'),
('email_invalid', 'warning', 'This is not an e-mail address; the row is used without it.'),
('timezone_unknown', 'warning', 'This is not a time zone; the area code decides.'),
('customer_id_invalid', 'warning', 'A customer id is a whole number; the row is used without it.'),
('value_too_long', 'warning', 'The value is longer than 200 characters and was cut.'),
('row_has_extra_cells', 'warning', 'The row has more cells than the header; a quote may be missing.')
on conflict (code) do update set severity = excluded.severity, message = excluded.message;
