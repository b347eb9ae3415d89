-- A dry run says what the launch does; who has been done is a duplicate, told and not done again.
begin;
select plan(32);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table ava as select tests.connect_providers(id) as id from team;
create temp table list as select tests.create_list(id, 6) as id from team;
create temp table number as select f.id from public.phone_numbers as f;
select tests.connect_holds(team.id), tests.give_appointments(list.id, 1) from team, list;
-- of six: one stopped, one in no known zone, one without an appointment
insert into public.suppressions (team_id, phone, channel, reason, source)
select id, tests.fictitious_phone(1001), 'call', 'opted_out', 'test' from team;
update public.contacts set timezone = null, timezones = '{}' where phone = tests.fictitious_phone(1002);
create temp table first as select tests.fictitious_phone(1000) as phone;
grant select on team, ava, list, number, first to authenticated;

select tests.act_as('ann@acme.example');
create temp table dry as select tests.reschedule(id, true) as answer from list;
grant select on dry to authenticated;
select is(
  answer -> 'counts',
  '{"members": 6, "items": 5, "duplicates": 0, "without_appointment": 1, "same_customer": 0, "suppressed": 2, "holds": 3}'::jsonb, 'a dry run counts'
) from dry;
select is(answer ->> 'outreach_id', null, 'and makes nothing') from dry;
select results_eq(
  $$ select l ->> 'phone', l ->> 'code' from dry, jsonb_array_elements(answer -> 'left_out') as l $$,
  $$ select left(phone, -1) || '6', 'appointment_missing' from first $$, 'who has no appointment is named'
);
select is((select count(*) from public.workflows) + (select count(*) from public.campaigns), 0::bigint, 'nothing at all');
create temp table run as select tests.reschedule(id) as answer from list;
grant select on run to authenticated;
select is(
  run.answer - 'outreach_id' - 'campaign_id' - 'dry_run', dry.answer - 'outreach_id' - 'campaign_id' - 'dry_run',
  'the launch does what the dry run said'
) from run, dry;
select results_eq(
  $$ select right(i.phone, 1)::integer, i.status::text, i.servicetitan_appointment_id from public.outreach_items as i order by i.phone $$,
  $$ values (1, 'ENROLLED', 9001::bigint), (2, 'ENROLLED', 9002), (3, 'HOLDING', 9003), (4, 'HOLDING', 9004), (5, 'HOLDING', 9005) $$,
  'who can''t be reached needs no hold; the others wait for theirs'
);
select is((select format('%s %s', c.kind, c.status) from public.campaigns as c), 'outreach ACTIVE', 'the campaign is on');
select is((select format('%s %s %s', w.status, w.version, w.is_generated) from public.workflows as w), 'PUBLISHED 1 t', 'its workflow is published');
select is((public.list_workflows() -> 'items')::text, '[]', 'but not among those that people drew');
select is(jsonb_array_length(public.list_workflows(p_lineage_id => w.lineage_id) -> 'items'), 1, 'unless asked for') from public.workflows as w;
select is(public.get_audience_campaign_usage(id) -> 'items' -> 0 ->> 'kind', 'outreach', 'the list knows it') from list;
select tests.act_as_superuser();
select results_eq(
  $$ select e.status::text, e.reason_code from engine.enrollments as e order by e.phone $$,
  $$ values ('OPTED_OUT', 'suppressed_opted_out'), ('SUPPRESSED', 'timezone_unknown') $$, 'the engine says why they are not reached'
);
select is((select count(*) from engine.jobs), 0::bigint, 'nobody is called before a hold');
select is((select count(*) from engine.tasks where kind = 'hold' and status = 'READY'), 3::bigint, 'three holds are queued');
do $$ begin perform engine.tick(); end $$;
select is((select status::text from public.campaigns), 'ACTIVE', 'which keep the campaign open');

select tests.act_as('ann@acme.example');
create temp table again as select tests.reschedule(id, null) as answer from list;
grant select on again to authenticated;
select is(answer ->> 'dry_run', 'false', 'null is no dry run') from again;
select is(
  answer -> 'counts',
  '{"members": 6, "items": 0, "duplicates": 5, "without_appointment": 1, "same_customer": 0, "suppressed": 0, "holds": 0}'::jsonb, 'again: all are duplicates'
) from again;
select is(again.answer ->> 'outreach_id', null, 'and nothing was made') from again;
select is((select count(*) from public.campaigns), 1::bigint, 'no campaign either');
select is(
  (select array_agg(distinct d ->> 'outreach_id') from again, jsonb_array_elements(answer -> 'duplicates') as d),
  array[run.answer ->> 'outreach_id'], 'they are where they were'
) from run;
select is(
  (select count(*) from again, jsonb_array_elements(answer -> 'duplicates') as d inner join public.outreach_items as i
    on (d ->> 'item_id')::uuid = i.id and d ->> 'phone' = i.phone and d ->> 'status' = i.status::text),
  5::bigint, 'each with its item'
);

-- what is the same and what is not
create function pg_temp.counts(p_kind text, p_channel text) returns text language sql volatile as $$
  select format('%s new, %s known', c -> 'items', c -> 'duplicates') from (
    select public.launch_outreach(list.id, p_kind, p_channel, number.id,
      case when p_channel = 'call' then ava.id end, case when p_channel = 'text' then 'Hi' end) -> 'counts' as c
    from list, number, ava
  ) as a
$$;
select is(pg_temp.counts('maintenance', 'call'), '6 new, 0 known', 'another kind is other work');
select is(pg_temp.counts('maintenance', 'text'), '6 new, 0 known', 'and so is another channel');
select is(pg_temp.counts('maintenance', 'call'), '0 new, 6 known', 'the same is not');
select tests.act_as_superuser();
do $$ begin perform engine.set_clock('2027-03-01 23:59-05', 0); end $$;
select tests.act_as('ann@acme.example');
select is(pg_temp.counts('maintenance', 'call'), '0 new, 6 known', 'not on the same day of the team');
select tests.act_as_superuser();
do $$ begin perform engine.set_clock('2027-03-02 00:00-05', 0); end $$;
select tests.act_as('ann@acme.example');
select is(pg_temp.counts('maintenance', 'call'), '1 new, 5 known', 'the next day who has no job is new, whoever has one is known');
select tests.act_as_superuser();
update public.audience_members set servicetitan_job_id = servicetitan_job_id + 100 where servicetitan_job_id is not null;
select tests.act_as('ann@acme.example');
select is(pg_temp.counts('maintenance', 'call'), '5 new, 1 known', 'another job is other work');
select is(tests.reschedule(id, true) -> 'counts' ->> 'duplicates', '5', 'a reschedule goes by the appointment') from list;
select tests.act_as_superuser();
select tests.create_team('Other', 'bob@other.example') as id into temp other;
select tests.connect_providers(id), tests.connect_holds(id) from other;
select tests.create_list(id, 6) as id into temp theirs from other;
select tests.give_appointments(id, 1) from theirs;
grant select on theirs to authenticated;
select tests.act_as('bob@other.example');
select is(tests.reschedule(id) -> 'counts' ->> 'duplicates', '0', 'nor is it the work of another team') from theirs;
select is((select count(*) from public.outreach_items), 5::bigint, 'who sees its own alone');
select tests.act_as_superuser();
update public.outreach_items as i set status = 'CANCELLED' from theirs where i.status = 'HOLDING' and i.team_id = (select id from other);
select tests.act_as('bob@other.example');
select is(tests.reschedule(id) -> 'counts' ->> 'items', '5', 'what was cancelled before was never done') from theirs;
select throws_ok($$ update public.outreach_items set status = 'CANCELLED' $$, '42501', null, 'people write no items');

select * from finish();
rollback;
