-- What an account at Vapi must have: assistants for calls that are active, numbers that may call.
begin;
select plan(2);
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
select tests.quietly(format('select tests.create_campaign(%L, 1)', id)) from team;
update public.assistants set name = 'Ava', provider_assistant_id = 'ava', is_active = true where channel = 'call';
insert into public.assistants (team_id, name, channel, provider_assistant_id, is_active, template)
select team.id, n.name, n.channel::public.contact_channel, n.name, n.is_active, n.template
from team, (values ('Otto', 'call', false, null), ('Tess', 'text', true, 'Hello')) as n (name, channel, is_active, template);
update public.phone_numbers set phone = '+12125550100', vapi_phone_number_id = 'n1', is_verified_for_calls = true;
insert into public.phone_numbers (team_id, phone, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts)
select id, '+12125550101', 'n2', false, true from team;
select is(
  (select engine.named_at_provider(i) from public.integrations as i where i.provider = 'vapi'),
  '[{"kind": "assistant", "name": "Ava", "id": "ava"}, {"kind": "phone-number", "name": "+12125550100", "id": "n1"}]', 'what calls name'
);
select is((select engine.named_at_provider(i) from public.integrations as i where i.provider = 'twilio'), '[]', 'nothing of Twilio');
select * from finish();
rollback;
