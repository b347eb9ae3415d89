-- One update carries the status to every node and edge; versions count up within the lineage.
begin;
select plan(18);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');
select tests.draft('Empty', null);

select tests.act_as('vera@acme.example');
select throws_ok($$select public.publish_workflow(tests.workflow_id('Usual'))$$, 'OB008', null, 'a viewer may not');
select tests.act_as('rita@rival.example');
select throws_ok($$select public.publish_workflow(tests.workflow_id('Usual'))$$, 'OB004', null, 'another team''s is not found');

select tests.act_as('otto@acme.example');
select is(
  tests.codes(tests.refusal($$select public.publish_workflow(tests.workflow_id('Empty'))$$) -> 'detail'),
  '{trigger_has_no_outgoing_edge}', 'what was never drawn can''t be published'
);
select tests.act_as_superuser();
update public.assistants set is_active = false;
select tests.act_as('otto@acme.example');
select is(
  tests.refusal($$select public.publish_workflow(tests.workflow_id('Usual'))$$) -> 'detail' -> 0 ->> 'code',
  'assistant_inactive', 'an assistant that was switched off since the save is found'
);
select is((select array_agg(distinct status::text) from public.workflow_nodes), '{DRAFT}', 'a refusal changes nothing');
select tests.act_as_superuser();
update public.assistants set is_active = true;

select tests.act_as('otto@acme.example');
create temp table published as
select public.publish_workflow(tests.workflow_id('Usual'), '  First try  ') as workflow;
select is(workflow ->> 'status', 'PUBLISHED', 'it is published') from published;
select is(workflow ->> 'version', '1', 'as version 1') from published;
select is(workflow ->> 'note', 'First try', 'with its note') from published;
select is((workflow ->> 'published_at')::timestamptz, '2027-03-01 12:00-05', 'at the time it is for campaigns') from published;
select is(workflow -> 'nodes' -> 1 -> 'data' ->> 'label', 'First call', 'with its graph') from published;
select is(
  (select array_agg(distinct status::text) from public.workflow_nodes where workflow_id = tests.workflow_id('Usual')),
  '{PUBLISHED}', 'so are its nodes'
);
select is(
  (select array_agg(distinct status::text) from public.workflow_edges where workflow_id = tests.workflow_id('Usual')),
  '{PUBLISHED}', 'and its edges'
);
select is(
  tests.refusal($$select public.publish_workflow(tests.workflow_id('Usual'))$$) #> '{detail,allowed}', '["ARCHIVED"]',
  'it can''t be published again'
);
select throws_ok($$select public.publish_workflow(tests.workflow_id('Usual'))$$, 'OB002', null, 'which is a step that is not there');
select is(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 1)$$) #- '{detail,id}' #- '{message}' #- '{hint}',
  '{"sqlstate": "OB003", "detail": {"entity": "workflow", "status": "PUBLISHED"}}', 'nor saved'
);

-- Another draft of the lineage, as clone_workflow makes it.
select tests.act_as_superuser();
insert into public.workflows (team_id, lineage_id, name)
select team_id, id, 'Usual again' from public.workflows where name = 'Usual';
select tests.act_as('otto@acme.example');
select lives_ok($$select public.save_workflow(tests.workflow_id('Usual again'), tests.team_graph(), 1)$$, 'a draft without a trigger gets one');
select is(public.publish_workflow(tests.workflow_id('Usual again')) ->> 'version', '2', 'the next version of the lineage');
select is(
  tests.codes(tests.refusal($$select public.publish_workflow(tests.workflow_id('Empty'), repeat('x', 2001))$$) -> 'detail'),
  '{note_length,trigger_has_no_outgoing_edge}', 'a note that is too long is told with the rest'
);

select * from finish();
rollback;
