-- Who may launch, what is refused, and that everything wrong is told at once.
begin;
select plan(24);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
create temp table ava as select tests.connect_providers(id) as id from team;
create temp table list as select tests.create_list(id, 3) as id from team;
create temp table number as select f.id from public.phone_numbers as f;
select tests.add_member(id, 'vic@acme.example', 'viewer'), tests.add_member(id, 'oda@acme.example', 'operator') from team;
select tests.connect_holds(team.id), tests.give_appointments(list.id) from team, list;
insert into public.assistants (team_id, name, channel, provider_assistant_id, template, is_active)
select id, 'Tess', 'text'::public.contact_channel, 'text-assistant', 'Hi {{first_name|there}}, time for a tune-up.', true from team
union all select id, 'Gone', 'call', 'gone', null, false from team;
create temp table tess as select a.id from public.assistants as a where a.name = 'Tess';
create temp table gone as select a.id from public.assistants as a where a.name = 'Gone';
grant select on team, other, ava, list, number, tess, gone to authenticated;

create function pg_temp.codes(p_sql text) returns text[] language plpgsql as $$
declare v_detail text;
begin
  execute p_sql;
  return '{}';
exception when sqlstate 'OB001' or sqlstate 'OB007' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return (select array_agg(i ->> 'code' order by i ->> 'code') from jsonb_path_query(
    v_detail::jsonb, case when left(v_detail, 1) = '[' then '$[*]' else '$.blockers[*]' end::jsonpath
  ) as i);
end $$;

select tests.act_as('vic@acme.example');
select throws_ok('select tests.reschedule(id) from list', 'OB008', null, 'a viewer may not');
select tests.act_as('eve@other.example');
select throws_ok('select tests.reschedule(id) from list', 'OB004', null, 'another team''s list is not found');
select tests.act_as('oda@acme.example');
select throws_ok(
  $$ select public.launch_outreach(list.id, 'maintenance', 'call', number.id, ava.id, p_team_id => other.id) from list, number, ava, other $$,
  'OB004', null, 'nor is one of another team than said'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'party', 'letter', list.id, p_hold_memo => 'x', p_name => ' ') from list $$),
  '{channel_unknown,hold_not_for_kind,kind_unknown,name_length,phone_number_unknown}', 'all that is wrong at once'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'reschedule', 'call', number.id) from list, number $$),
  '{assistant_missing,hold_memo_length,hold_reason_missing}', 'a reschedule by call needs an assistant, a reason and a memo'
);
select is(pg_temp.codes('select tests.reschedule(id, false, 505) from list'), '{hold_reason_inactive}', 'an active reason');
select is(pg_temp.codes('select tests.reschedule(id, true, 999) from list'), '{hold_reason_unknown}', 'a known one, in a dry run too');
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'text', 'call', number.id, ava.id) from list, number, ava $$),
  '{channel_mismatch}', 'the kind text goes out by text'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'maintenance', 'call', number.id, tess.id) from list, number, tess $$),
  '{assistant_channel}', 'a call has no writer of texts'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'maintenance', 'call', number.id, gone.id) from list, number, gone $$),
  '{assistant_inactive}', 'nor one who is switched off'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'maintenance', 'call', number.id, team.id) from list, number, team $$),
  '{assistant_unknown}', 'nor one who is not there'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'maintenance', 'call', number.id, ava.id, 'Hi') from list, number, ava $$),
  '{template_not_for_calls}', 'a call has no template'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'text', 'text', number.id) from list, number $$),
  '{text_content_missing}', 'a text says something'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'text', 'text', number.id, tess.id, 'Hi {{color}}') from list, number, tess $$),
  '{template_variable_unknown,text_content_ambiguous}', 'one thing, in variables that are known'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'text', 'text', number.id, tess.id, p_settings => '{"batching": {"size": 0, "interval": "PT1H"}, "assistant_id": 1}') from list, number, tess $$),
  '{batching_invalid,setting_unknown}', 'settings are those of a node, checked as there'
);
select is(
  pg_temp.codes($$ select public.launch_outreach(list.id, 'text', 'text', number.id, tess.id, p_settings => '[]') from list, number, tess $$),
  '{settings_invalid}', 'whatever is sent'
);
select is((select count(*) from public.outreaches), 0::bigint, 'nothing of it was stored');

select tests.act_as_superuser();
update public.phone_numbers set is_verified_for_calls = false;
delete from public.integrations where provider = 'servicetitan';
update public.integrations set status = 'PAUSED', paused_reason = '401', paused_at = engine.now() where provider = 'vapi';
select tests.act_as('oda@acme.example');
select is(
  pg_temp.codes('select tests.reschedule(id) from list'),
  '{integration_missing_servicetitan,integration_paused_vapi,number_not_verified_for_calls}', 'what a launch lacks blocks'
);
select is(
  (select array_agg(b ->> 'code') from list, jsonb_array_elements(tests.reschedule(list.id, true) -> 'blockers') as b),
  '{number_not_verified_for_calls,integration_missing_servicetitan,integration_paused_vapi}', 'and a dry run lists it'
);
select is((public.launch_outreach(list.id, 'text', 'text', number.id, tess.id, p_dry_run => true) -> 'blockers')::text, '[]',
  'what a text does not need does not block it') from list, number, tess;
select tests.act_as_superuser();
update public.phone_numbers set is_verified_for_calls = true;
update public.integrations set status = 'ACTIVE', paused_reason = null, paused_at = null;
select tests.act_as('oda@acme.example');
select public.create_audience_list('Nobody') ->> 'id' as id into temp empty;
select is(
  pg_temp.codes($$ select public.launch_outreach(empty.id::uuid, 'text', 'text', number.id, tess.id) from empty, number, tess $$),
  '{list_empty}', 'a list without members'
);
do $$ begin perform public.archive_audience_list(id::uuid) from empty; end $$;
select throws_ok(
  $$ select public.launch_outreach(empty.id::uuid, 'text', 'text', number.id, tess.id, p_dry_run => true) from empty, number, tess $$,
  'OB003', null, 'an archived list, dry or not'
);
select is(public.launch_outreach(list.id, 'text', 'text', number.id, tess.id) -> 'counts' ->> 'items', '3', 'an operator may')
from list, number, tess;
select tests.act_as_superuser();
select is((select min(n.assistant_template) from public.workflow_nodes as n where n.type = 'text'),
  'Hi {{first_name|there}}, time for a tune-up.', 'what the writer says is frozen');

select * from finish();
rollback;
