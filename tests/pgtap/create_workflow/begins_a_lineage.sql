-- A new draft has a trigger, so that drawing can begin; with a graph it has that.
begin;
select plan(17);
select tests.furnish_workflows();

select tests.act_as('otto@acme.example');
create temp table made as select public.create_workflow('  Tune-up  ') as workflow;
select is(workflow ->> 'name', 'Tune-up', 'the name is trimmed') from made;
select is(workflow ->> 'status', 'DRAFT', 'it is a draft') from made;
select is(workflow ->> 'version', null, 'without a version') from made;
select is(workflow ->> 'revision', '1', 'at revision 1') from made;
select is(workflow ->> 'lineage_id', workflow ->> 'id', 'and the first of its lineage') from made;
select is(
  workflow -> 'nodes', '[{"id": "trigger", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}}]', 'with a trigger'
) from made;
select is(workflow -> 'edges', '[]', 'and nothing else') from made;
select is(public.get_workflow((workflow ->> 'id')::uuid), workflow - 'warnings', 'as get_workflow says too') from made;

select is(
  public.create_workflow('Usual', tests.team_graph()) -> 'nodes' -> 1 ->> 'id', 'call', 'a graph can come with it'
);
select is(
  public.create_workflow('Usual', tests.team_graph()) -> 'warnings' -> 0 ->> 'severity', 'warning',
  'and its warnings come back'
);

select is(
  tests.codes(tests.refusal($$select public.create_workflow(' ', '{"nodes": [], "edges": []}')$$) -> 'detail'),
  '{name_length,trigger_missing}', 'what is wrong with name and graph is told at once'
);
select throws_ok($$select public.create_workflow(null)$$, 'OB001', null, 'null is no name');
select throws_ok(
  $$select public.create_workflow('X', null, tests.team_id('Rival'))$$, 'OB004', null, 'another team is not found'
);
select tests.act_as('vera@acme.example');
select throws_ok($$select public.create_workflow('X')$$, 'OB008', null, 'a viewer may not');
select tests.act_as_role('anon');
select throws_ok($$select public.create_workflow('X')$$, '42501', null, 'anon can''t reach it');
select tests.act_as('rita@rival.example');
select is((select count(*) from public.workflows), 0::bigint, 'another team sees none of them');
select tests.act_as_superuser();
select is((select count(*) from public.workflows), 3::bigint, 'what was refused was not stored');

select * from finish();
rollback;
