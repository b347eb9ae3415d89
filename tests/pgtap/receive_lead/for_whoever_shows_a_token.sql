-- Addresses for leads: made and closed by admins, their tokens known to nobody afterwards.
begin;
select plan(16);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.add_member(id, 'oli@acme.example', 'operator') from team;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
select tests.act_as('ann@acme.example');
create temp table list as select (public.create_audience_list('Web leads', 'speed_to_lead') ->> 'id')::uuid as id;
create temp table made as select public.create_lead_endpoint(id, 'website') as it from list;
create temp table token as select encode(sha256(convert_to(it ->> 'token', 'UTF8')), 'hex') as hash from made;
grant select on list, made, token to outbound_worker;
select is((select length(it ->> 'token') from made), 64, 'a token');
select is((select public.list_lead_endpoints(id) -> 0 from list), (select it - '{token,path}'::text[] from made), 'is shown once');
select throws_ok($$ select public.create_lead_endpoint(id, '') from list $$, 'OB001', null, 'a source is needed');
select tests.act_as_superuser();
select is_empty(
  $$ select from engine.lead_endpoints as e, made where e::text like '%' || (made.it ->> 'token') || '%' $$, 'nowhere else'
);

select tests.act_as_role('outbound_worker');
select is((select engine.receive_lead(repeat('00', 32), '{"phone": "2125550123"}')), null, 'a guess gets nothing');
create temp table taken as select engine.receive_lead(hash, '{"phone": "2125550123", "id": 5, "urgency": "High"}') as it from token;
select is(
  (select it - '{lead_id,contact_id,list_id,received_at}'::text[] from taken),
  '{"source": "website", "external_id": "5", "urgency": "high", "status": "ACCEPTED", "is_duplicate": false, "problems": [], "campaigns": []}',
  'the token takes a lead in'
);
select is((select engine.receive_lead(hash, '{"phone": "12", "id": 6, "urgency": "soon"}') ->> 'status' from token), 'REJECTED', 'also one that can''t be called');
select is((select engine.receive_lead(hash, '{"id": 6}') ->> 'is_duplicate' from token), 'true', 'once');
select is((select engine.receive_lead(hash, '{}') ->> 'is_duplicate' from token), 'false', 'those of whom nothing is known');
select is((select engine.receive_lead(hash, '{}') ->> 'is_duplicate' from token), 'false', 'each stand for themselves');

select tests.act_as('oli@acme.example');
select is((select count(*) from public.leads where status = 'REJECTED'), 3::bigint, 'nobody is lost silently');
select throws_ok($$ select public.create_lead_endpoint(id, 'x') from list $$, 'OB008', null, 'operators make no addresses');
select tests.act_as('eve@other.example');
select throws_ok($$ select public.revoke_lead_endpoint((it ->> 'endpoint_id')::uuid) from made $$, 'OB004', null, 'nor another team');
select tests.act_as('ann@acme.example');
select isnt((select public.revoke_lead_endpoint((it ->> 'endpoint_id')::uuid) ->> 'revoked_at' from made), null, 'closed');
select tests.act_as_role('outbound_worker');
select is((select engine.receive_lead(hash, '{"phone": "2125550124"}') from token), null, 'is closed');
select tests.act_as_role('anon');
select throws_ok($$ select engine.receive_lead('00', '{}') $$, '42501', null, 'strangers go through the receiver');

select * from finish();
rollback;
