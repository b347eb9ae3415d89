-- Everything that a campaign can be made of, and what stands in its way; archived things are no choice.
begin;
select plan(12);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
select tests.create_campaign(team.id, 3) as id into temp campaign from team;
select tests.connect_servicetitan(id) as id into temp servicetitan from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp stranger;
insert into public.audience_lists (team_id, name, source, status)
select t.id, l.name, l.source::public.audience_source, l.status::public.audience_status
from team as t cross join (values ('Leads', 'speed_to_lead', 'ACTIVE'), ('Old', 'csv', 'ARCHIVED')) as l (name, source, status);
insert into engine.servicetitan_catalogue (team_id, kind, id, name, is_active)
select t.id, k.kind, '12', k.kind || ' twelve', true
from team as t cross join unnest('{tag_types,campaigns,business_units,job_types}'::text[]) as k (kind);
select public.create_workflow('A draft', p_team_id => id) as made into temp draft from team;
grant select on team to authenticated;

select tests.act_as('viewer@acme.example');
select public.get_campaign_prerequisites() as p into temp found;
select is(
  (select jsonb_agg(w - '{id,lineage_id,published_at}'::text[]) from found cross join jsonb_array_elements(p -> 'workflows') as w),
  '[{"name": "Usual", "version": 1, "channels": ["call", "text"], "blockers": []}]', 'what is published, with its channels'
);
select is(
  (select jsonb_agg(l - 'id') from found cross join jsonb_array_elements(p -> 'lists') as l),
  '[{"name": "Leads", "source": "speed_to_lead", "member_count": 0, "last_run": null, "needs_continuous": true, "has_servicetitan": false},
    {"name": "People", "source": "csv", "member_count": 3, "last_run": null, "needs_continuous": false, "has_servicetitan": false}]',
  'lists in use'
);
select is(
  (select jsonb_agg(n - 'id') from found cross join jsonb_array_elements(p -> 'phone_numbers') as n),
  '[{"phone": "+12125550100", "label": null, "channels": ["call", "text"], "rate_per_minute": null, "daily_limit": null}]',
  'numbers, with what each is verified for'
);
select is((select jsonb_path_query_array(p, '$.integrations[*].health') from found), '["ok", "ok", "ok"]', 'accounts');
select is((select p #>> '{servicetitan,tags,0,name}' from found), 'tag_types twelve', 'tags');
select is((select p #> '{servicetitan,campaigns,0,id}' from found), '12', 'ServiceTitan''s campaigns');
select is((select p #>> '{servicetitan,business_units,0,name}' from found), 'business_units twelve', 'business units');
select is((select p #> '{servicetitan,is_refreshing}' from found), 'true', 'whose names are refreshed when they are old');
select is((select jsonb_path_query_array(p, '$.campaigns[*].name') from found), '["Tune-up"]', 'campaigns, to be left out');

select tests.act_as_superuser();
update public.integrations set status = 'PAUSED', paused_reason = '401', paused_at = engine.now() where provider = 'vapi';
update public.assistants set is_active = false;
select tests.act_as('viewer@acme.example');
select is(
  (select jsonb_path_query_array(public.get_campaign_prerequisites(), '$.workflows[0].blockers[*].code')),
  '["integration_paused_vapi", "assistant_inactive"]', 'and what a workflow lacks'
);
select tests.act_as('admin@other.example');
select is(
  public.get_campaign_prerequisites() - 'servicetitan',
  '{"workflows": [], "lists": [], "phone_numbers": [], "integrations": [], "campaigns": []}', 'another team has its own'
);
select throws_ok('select public.get_campaign_prerequisites(id) from team', 'OB004', null, 'and sees none of ours');

select * from finish();
rollback;
