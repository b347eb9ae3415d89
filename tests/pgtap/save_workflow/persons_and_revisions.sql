-- Who may save, and of two who save at once, who is told to look again.
begin;
select plan(13);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');

select is(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 7)$$) - 'message' - 'hint' #- '{detail,saved_at}',
  '{"sqlstate": "OB006", "detail": {"expected": 7, "actual": 1, "changes": null}}', 'another revision is a conflict'
);
select throws_ok(
  $$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), null)$$, 'OB006', null, 'none is one too'
);
select is(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Usual'), '{"nodes": [{"id": 1}], "edges": []}', 7)$$) ->> 'sqlstate',
  'OB006', 'who must read it again is not bothered with issues'
);
select is(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Usual'), '{"nodes": [{"id": 1}], "edges": []}', 1)$$) ->> 'sqlstate',
  'OB001', 'an invalid graph is refused'
);
select ok(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph('Rival'), 1)$$) -> 'detail' -> 0 ->> 'code'
  = 'assistant_unknown', 'so is one with another team''s assistant'
);
select is(
  tests.refusal($$select public.save_workflow('00000000-0000-7000-8000-000000000000', '{}', 1)$$) - 'message' - 'hint',
  '{"sqlstate": "OB004", "detail": {"entity": "workflow", "id": "00000000-0000-7000-8000-000000000000"}}', 'what is not there is not found'
);
select tests.act_as('vera@acme.example');
select is(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 1)$$) - 'message' - 'hint',
  '{"sqlstate": "OB008", "detail": {"role": "viewer", "needs": "operator"}}', 'a viewer may not'
);
select throws_ok('update public.workflows set name = ''x''', '42501', null, 'nor go past the function');
select tests.act_as('rita@rival.example');
select is(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 1)$$) -> 'detail' ->> 'entity',
  'workflow', 'another team''s is not found'
);
select throws_ok(
  $$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 1)$$, 'OB004', null, 'whatever the role there'
);
select tests.act_as_role('anon');
select throws_ok(
  $$select public.save_workflow('00000000-0000-7000-8000-000000000000', '{}', 1)$$, '42501', null, 'anon can''t reach it'
);
select tests.act_as_role('service_role');
select is(
  public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 1) ->> 'revision', '2', 'a service needs no team for it'
);
select tests.act_as_superuser();
select is((select revision from public.workflows), 2, 'one save was made');

select * from finish();
rollback;
