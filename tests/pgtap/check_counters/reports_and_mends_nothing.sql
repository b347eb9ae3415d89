begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on campaign to authenticated;
select public.launch_campaign(id) as launched into temp launched from campaign;
set client_min_messages = error;

select is(engine.check_counters(), 0, 'nothing differs');
select is((select count(*) from engine.counter_checks), 1::bigint, 'and that is kept');
select is(engine.check_counters(), 0, 'it is looked at once a day');
update engine.counters set amount = amount + 1 where node_id = '';
update engine.due_counters set amount = amount - 1;
update engine.audience_counters set amount = amount + 1;
update engine.timeline_changes set enrolled = enrolled + 1;
update engine.counter_checks set checked_at = checked_at - interval '1 day';
select is(engine.check_counters(), 1, 'a campaign differs');
select results_eq(
  $$ select distinct d ->> 'counter' from engine.counter_checks as k, jsonb_array_elements(k.differences) as d order by 1 $$,
  $$ values ('audience'), ('counters'), ('timeline hour'), ('timeline minute'), ('timeline quarter_hour') $$,
  'every kind of counter is compared'
);
select is((select amount from engine.counters where node_id = ''), 4::bigint, 'it is not mended');
select tests.act_as('admin@acme.example');
select is(public.get_counter_health() #>> '{differing,0,campaign_id}', (select id::text from campaign), 'people of the team are told');
select is(public.get_counter_health() ->> 'health', 'differs', 'in a word');
select tests.act_as('admin@other.example');
select is(public.get_counter_health() ->> 'checked_count', '0', 'others are not');

select * from finish();
rollback;
