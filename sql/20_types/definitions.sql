-- Conditions of audience definitions, read: their windows as moments, everything else as it is compared.
create type engine.condition as (
  path text,
  kind text,
  is_negated boolean,
  words text [],
  type_ids bigint [],
  job_types bigint [],
  business_units bigint [],
  campaigns bigint [],
  tags_any bigint [],
  tags_all bigint [],
  tags_none bigint [],
  zips text [],
  amounts numrange,
  created tstzrange,
  completed tstzrange,
  starts tstzrange,
  ends tstzrange,
  due tstzrange,
  do_not_service boolean,
  do_not_text boolean,
  marketing boolean,
  unused boolean
);
comment on type engine.condition is
'One condition of a definition. words: statuses, or a customer''s types; type_ids: types of memberships or services; amounts: balance or total.';

-- A customer that matches, with the facts that made it match.
create type engine.matched_customer as (
  customer_id bigint,
  location_id bigint,
  job_id bigint,
  job_type_id bigint,
  appointment_id bigint,
  appointment_starts_at timestamptz
);
comment on type engine.matched_customer is 'A customer that a definition matches, and the job or appointment that made it match.';
