-- A lead is in its list when the call returns, once; what can't be called is refused with every reason.
begin;
select plan(26);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.add_member(id, 'vic@acme.example', 'viewer') from team;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
select tests.act_as('ann@acme.example');
create temp table list as select (public.create_audience_list('Web leads', 'speed_to_lead') ->> 'id')::uuid as id;
create temp table file as select (public.create_audience_list('File') ->> 'id')::uuid as id;

create temp table first as select public.ingest_lead(
  (select id from list), '{"Full Name": "Dana Reyes", "Phone Number": "(212) 555-0123", "E-Mail": "dana@example.com", "lead_id": "G-1"}', 'google'
) as it;
select is(
  (select it - '{lead_id,contact_id,received_at,list_id}'::text[] from first),
  '{"source": "google", "external_id": "G-1", "urgency": "normal", "status": "ACCEPTED", "is_duplicate": false, "problems": [], "campaigns": []}',
  'any spelling of keys and number'
);
select results_eq(
  $$ select phone, first_name, last_name, email, servicetitan_customer_id from public.contacts $$,
  $$ values ('+12125550123', 'Dana', 'Reyes', 'dana@example.com', null::bigint) $$, 'a contact'
);
select is((public.get_audience_list(id) ->> 'member_count')::integer, 1, 'and a member') from list;
select is(
  (select public.ingest_lead(id, '{"phone": "2125550199", "id": "G-1"}', 'Google') from list)
  - '{received_at,problems,campaigns}'::text[],
  (select it || '{"is_duplicate": true}' from first) - '{received_at,problems,campaigns}'::text[],
  'the same id of the same source is the same lead, whatever else it says'
);
select is(public.ingest_lead(id, '{"phone": "+1 212 555 0123"}', 'web') ->> 'is_duplicate', 'false', 'another source') from list;
select is(public.ingest_lead(id, '{"phone": "212.555.0123"}', 'phone-in') ->> 'is_duplicate', 'true', 'without an id: number and day') from list;
select tests.act_as_superuser();
select ok(engine.set_clock('2027-03-02 12:00-05', 0) is not null, 'the next day');
select tests.act_as('ann@acme.example');
select is(public.ingest_lead(id, '{"phone": "212.555.0123"}', 'web') ->> 'is_duplicate', 'false', 'is another one') from list;
select is((select count(*) from public.leads), 3::bigint, 'leads are kept');
select is((select count(*) from public.contacts), 1::bigint, 'of one person');
select results_eq(
  $$ select source::text, status::text, fetched_count, added_count, updated_count, duplicate_count from public.audience_runs order by id $$,
  $$ values ('speed_to_lead', 'SUCCEEDED', 4::bigint, 1::bigint, 1::bigint, 2::bigint), ('speed_to_lead', 'SUCCEEDED', 1, 0, 1, 0) $$,
  'a day''s leads are one run'
);
select is(public.ingest_lead(id, '{"user_column_data": [{"column_id": "PHONE_NUMBER", "string_value": "212-555-0124"},
  {"column_id": "FIRST_NAME", "string_value": "Ari"}], "lead_id": "x"}', 'google') ->> 'status', 'ACCEPTED', 'lists of answers') from list;
select is((select first_name from public.contacts where phone = '+12125550124'), 'Ari', 'are read');
select is(public.ingest_lead(id, '{"field_data": [{"name": "phone_number", "values": ["+12125550125"]}], "id": 77}', 'meta') ->> 'external_id', '77', 'and of others') from list;

create function pg_temp.codes(p_statement text) returns text[] language sql as $$
  select coalesce(tests.codes(tests.refusal(p_statement) -> 'detail'), '{}')
$$;
select is(pg_temp.codes($$ select public.ingest_lead((select id from list), '{"phone": "555", "email": "none"}') $$),
  array['email_invalid', 'phone_too_short'], 'what is wrong with its values');
select is(pg_temp.codes($$ select public.ingest_lead((select id from list), '[]', '', '', 'now') $$),
  array['external_id_length', 'lead_malformed', 'source_length', 'urgency_unknown'], 'and with the call');
select is(pg_temp.codes($$ select public.ingest_lead((select id from list), null, null, null, null) $$),
  array['lead_malformed', 'source_length', 'urgency_unknown'], 'nulls too');
select is(pg_temp.codes($$ select public.ingest_lead((select id from list), '{}') $$), array['phone_missing'], 'nothing');
select is(pg_temp.codes($$ select public.ingest_lead((select id from list), '{"a": {"b": [1, null]}, "c": [[]], "phone": {"x": 1}}') $$),
  array['phone_missing'], 'odd shapes');
select is(pg_temp.codes($$ select public.ingest_lead((select id from file), '{"phone": "2125550123"}') $$),
  array['source_takes_no_leads'], 'a list of files takes none');
select is((select count(*) from public.leads where status = 'REJECTED'), 0::bigint, 'nothing is kept of what was refused');
select lives_ok($$ select public.archive_audience_list((select id from list)) $$, 'archived');
select throws_ok($$ select public.ingest_lead((select id from list), '{"phone": "2125550126"}') $$, 'OB003', null, 'takes none either');
select tests.act_as('vic@acme.example');
select throws_ok($$ select public.ingest_lead((select id from list), '{"phone": "2125550126"}') $$, 'OB008', null, 'a viewer brings none');
select tests.act_as('eve@other.example');
select throws_ok($$ select public.ingest_lead((select id from list), '{"phone": "2125550126"}') $$, 'OB004', null, 'nor another team');
select is((select count(*) from public.leads), 0::bigint, 'which sees none');

select * from finish();
rollback;
