-- A lead that could not be called is taken in when it comes again with a number that can, once; and leads
-- of one form, whose id is not theirs, are not one lead.
begin;
select plan(13);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.act_as('ann@acme.example');
create temp table list as select (public.create_audience_list('Web leads', 'speed_to_lead') ->> 'id')::uuid as id;
create temp table token as
select encode(sha256(convert_to(public.create_lead_endpoint(id, 'website') ->> 'token', 'UTF8')), 'hex') as hash from list;
grant select on list, token to outbound_worker;

select tests.act_as_role('outbound_worker');
create temp table bad as select engine.receive_lead(hash, '{"phone": "12", "id": "L-1"}') as it from token;
select is(it ->> 'status', 'REJECTED', 'a number with a digit missing') from bad;
create temp table good as select engine.receive_lead(hash, '{"phone": "2125550123", "id": "L-1", "urgency": "high"}') as it from token;
select is(
  it - '{contact_id,list_id,received_at,lead_id}'::text[],
  '{"source": "website", "external_id": "L-1", "urgency": "high", "status": "ACCEPTED", "is_duplicate": false, "problems": [], "campaigns": []}',
  'is mended at its source, and the lead is taken in'
) from good;
select is(good.it ->> 'lead_id', bad.it ->> 'lead_id', 'as the lead that it is') from good, bad;
select is(engine.receive_lead(hash, '{"phone": "2125550123", "id": "L-1"}') ->> 'is_duplicate', 'true', 'once') from token;
select is(engine.receive_lead(hash, '{"phone": "12", "id": "L-1"}') ->> 'status', 'ACCEPTED', 'and not undone') from token;

select is(engine.receive_lead(hash, '{"phone": "2125550124", "form": {"id": 7}}') ->> 'status', 'ACCEPTED', 'a form') from token;
select is(
  engine.receive_lead(hash, '{"phone": "2125550125", "form": {"id": 7}}') ->> 'is_duplicate', 'false',
  'may be filled in by more than one person'
) from token;
select is(
  engine.receive_lead(hash, '{"phone": "2125550126", "Campaign": {"ID": "c", "external-id": "e"}}') ->> 'external_id', null,
  'the ids of other things are not the lead''s'
) from token;
select is(
  engine.receive_lead(hash, '{"event": "created", "lead": {"id": 8, "phone": "2125550127"}}') ->> 'external_id', '8', 'that of a lead is'
) from token;
select is(
  engine.receive_lead(hash, '{"data": {"id": 8, "phone": "2125550127"}}') ->> 'is_duplicate', 'true', 'also in an envelope'
) from token;

select tests.act_as('ann@acme.example');
select is((public.get_audience_list(id) ->> 'member_count')::integer, 5, 'five people are in the list') from list;
select is((select count(*) from public.leads), 5::bigint, 'by five leads');
select is(
  (select format('%s %s %s %s', sum(fetched_count), sum(added_count), sum(rejected_count), sum(duplicate_count)) from public.audience_runs),
  '9 5 1 3', 'all nine are counted'
);

select * from finish();
rollback;
