-- An assistant is switched off only when it is said, and not while a campaign needs it.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 1) as id from team;
select public.launch_campaign(id) as launched into temp launched from campaign;
grant select on campaign to authenticated;

select tests.act_as('admin@acme.example');
select is(
  tests.refusal($$ select public.upsert_assistant('Ava', 'vapi-assistant', p_is_active => false) $$) #>> '{detail,used_by,0,id}',
  id::text, 'the campaign that needs her is named'
) from campaign;
select is((public.upsert_assistant('Eve', 'other', p_is_active => false)).is_active, false, 'one whom none needs');
select is((public.upsert_assistant('Eva', 'other')).is_active, false, 'stays off when she gets another name');
select public.pause_campaign(id) as paused into temp paused from campaign;
select is((public.upsert_assistant('Ava', 'vapi-assistant', p_is_active => false)).is_active, false, 'who pauses it may');
select throws_ok('select public.resume_campaign(id) from campaign', 'OB007', null, 'it is not resumed without her');
select is((public.upsert_assistant('Ava', 'vapi-assistant', p_is_active => true)).is_active, true, 'she is back');

select * from finish();
rollback;
