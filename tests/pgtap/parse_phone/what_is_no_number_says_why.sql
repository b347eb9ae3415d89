-- Each kind of mistake has a code of its own.
begin;
select plan(36);

select is(
  (select concat_ws(' ', p.phone, p.problem) from engine.parse_phone(s.raw, 'US', false) as p),
  t.problem,
  format('%s is %s', quote_nullable(s.raw), t.problem)
)
from (
  values
  (null, 'phone_missing'), ('', 'phone_missing'), ('   ', 'phone_missing'), ('N/A', 'phone_not_a_number'),
  ('-', 'phone_not_a_number'), ('call John', 'phone_not_a_number'), ('1-800-FLOWERS', 'phone_not_a_number'),
  ('ann@example.com', 'phone_not_a_number'), ('ann1990@example.com', 'phone_not_a_number'),
  ('1.23457E+11', 'phone_scientific_notation'), ('2,12555E+09', 'phone_scientific_notation'),
  ('20', 'phone_too_short'), ('212-555-012', 'phone_too_short'), ('2125550123456', 'phone_too_long'),
  ('5550123', 'phone_without_area_code'), ('+1 555-0123', 'phone_without_area_code'),
  ('1234567890', 'phone_area_code_unassigned'), ('(999) 234-5678', 'phone_area_code_unassigned'),
  ('211-234-5678', 'phone_area_code_unassigned'), ('000-000-0000', 'phone_area_code_unassigned'),
  ('0000000', 'phone_without_area_code'),
  ('212-055-1234', 'phone_exchange_impossible'), ('212-155-1234', 'phone_exchange_impossible'),
  ('212-911-1234', 'phone_exchange_impossible'), ('212-411-1234', 'phone_exchange_impossible'),
  ('900-234-5678', 'phone_premium_rate'), ('06 12 34 56 78', 'phone_needs_plus'), ('+999 123 4567', 'phone_country_unknown'),
  ('+0115551234', 'phone_country_unknown'), ('+44 123', 'phone_length_impossible'), ('+49 30', 'phone_length_impossible'),
  ('+49 30/123456', 'phone_length_impossible'),
  ('212-555-0100', 'phone_fictitious'), ('800-555-0199', 'phone_fictitious'),
  ('212-555-0200', '+12125550200 '), ('212-555-0099', '+12125550099 ')
) as s (raw, problem_padded)
cross join lateral (values (btrim(s.problem_padded))) as t (problem);

select * from finish();
rollback;
