-- A clone is a draft that has all that its source has; by default the next version of its lineage.
begin;
select plan(22);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual', jsonb_set(tests.team_graph(), '{edges,2,sourceHandle}', '"right"'));
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Usual'), 'First')$$);
create temp table source as select public.get_workflow(tests.workflow_id('Usual')) as flow;
grant select on source to public;

select tests.act_as('vera@acme.example');
select throws_ok($$select public.clone_workflow(tests.workflow_id('Usual'))$$, 'OB008', null, 'a viewer may not');
select tests.act_as('rita@rival.example');
select throws_ok($$select public.clone_workflow(tests.workflow_id('Usual'))$$, 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok($$select public.clone_workflow(null)$$, '42501', null, 'anon can''t reach it');

select tests.act_as('otto@acme.example');
create temp table clone as select public.clone_workflow(tests.workflow_id('Usual')) as flow;
select isnt(c.flow -> 'id', s.flow -> 'id', 'another workflow') from clone as c cross join source as s;
select is(c.flow -> 'lineage_id', s.flow -> 'lineage_id', 'of the same lineage') from clone as c cross join source as s;
select is(flow ->> 'name', 'Usual', 'and the same name') from clone;
select is(flow ->> 'status', 'DRAFT', 'a draft') from clone;
select is(flow ->> 'revision', '1', 'never saved') from clone;
select is(flow -> 'version', 'null', 'without a version') from clone;
select is(flow -> 'note', 'null', 'or a note') from clone;
select is(c.flow -> 'nodes', s.flow -> 'nodes', 'nodes, with ids, order and positions') from clone as c cross join source as s;
select is(c.flow -> 'edges', s.flow -> 'edges', 'and edges are the same') from clone as c cross join source as s;
select is(
  (select array_agg(distinct n.status::text) from public.workflow_nodes as n inner join clone as c on n.workflow_id = (c.flow ->> 'id')::uuid),
  '{DRAFT}', 'but drafts'
);
select is(
  public.save_workflow((flow ->> 'id')::uuid, flow, 1) ->> 'revision', '2', 'it can be saved as it is'
) from clone;
select is(
  tests.refusal(format('select public.save_workflow(%L, %L, 1)', flow ->> 'id', flow)) #>> '{detail,changes,nodes,changed}',
  '[]', 'and its first revision is known'
) from clone;
select is(public.publish_workflow((flow ->> 'id')::uuid) ->> 'version', '2', 'it becomes the next version') from clone;
select is(public.get_workflow(tests.workflow_id('Usual')), flow, 'the source is as it was') from source;

select tests.quietly($$select public.archive_workflow(tests.workflow_id('Usual'))$$);
create temp table other as select public.clone_workflow(tests.workflow_id('Usual'), p_new_lineage => true) as flow;
select is(flow -> 'lineage_id', flow -> 'id', 'asked to, it begins a lineage of its own, even from an archived one') from other;
select is(flow ->> 'name', 'Usual (copy)', 'under a name that tells') from other;
select is(public.clone_workflow(tests.workflow_id('Usual'), '  Mine ') ->> 'name', 'Mine', 'or the one that is given');
select is(
  tests.codes(tests.refusal($$select public.clone_workflow(tests.workflow_id('Usual'), repeat('x', 201))$$) -> 'detail'),
  '{name_length}', 'which must be one'
);
select tests.act_as_superuser();
insert into public.workflows (team_id, lineage_id, name)
select team_id, engine.new_id(), repeat('n', 200) from public.workflows where name = 'Mine';
select is(
  length(public.clone_workflow(tests.workflow_id(repeat('n', 200)), p_new_lineage => true) ->> 'name'), 200, 'a long name is cut'
);

select * from finish();
rollback;
