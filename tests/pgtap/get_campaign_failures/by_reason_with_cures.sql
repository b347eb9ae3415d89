-- Who ended without a conversation, by reason: in words, with what can be done, for the campaign's team only.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 5) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
select tests.add_member(id, 'viewer@acme.example', 'viewer') from team;
grant select on team, campaign to public;
insert into public.suppressions (team_id, phone, channel, reason, source)
select c.team_id, c.phone, 'call', 'litigator', 'import' from public.contacts as c inner join team on c.team_id = team.id order by c.id limit 1;
select tests.act_as('viewer@acme.example');
select is_empty('select f.* from campaign, public.get_campaign_failures(campaign.id) as f', 'nothing before the launch');
select tests.act_as('admin@acme.example');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 2)));
grant select on begun to public;
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_agg(jsonb_build_object(
    'attempt_id', b.attempt_id, 'verdict', 'refused', 'code', 'invalid-number'
  ))) from begun as b
$$);
select tests.act_as('admin@acme.example');
select tests.quietly('select public.cancel_campaign(id) from campaign');
select tests.act_as('viewer@acme.example');
create temp table told as
select f.status::text as status, f.reason_code, f.contacts, f.message, f.cure from campaign, public.get_campaign_failures(campaign.id) as f;
select results_eq(
  'select status, reason_code, contacts from told',
  $$ values ('FAILED', 'invalid-number', 2::bigint), ('SUPPRESSED', 'suppressed_litigator', 1),
    ('CANCELLED', 'campaign_cancelled', 2) $$,
  'what failed comes first, then who was left alone, then what was called off'
);
select is(
  (select (message, cure)::text from told where reason_code = 'suppressed_litigator'),
  '("The number belongs to a known litigator.",Nothing.)', 'a reason of ours is told, with its cure'
);
select is(
  (select (message, cure)::text from told where status = 'FAILED'),
  '("The provider''s reason is invalid-number.",)', 'a provider''s own is named'
);
select tests.act_as('admin@other.example');
select throws_ok('select public.get_campaign_failures(id) from campaign', 'OB004', null, 'another team''s is unknown');
select tests.act_as_role('anon');
select throws_ok('select public.get_campaign_failures(null)', '42501', null, 'anon can''t reach it');
select * from finish();
rollback;
