-- A campaign begins as every step goes on: by the first of the edges that match, and of a trigger all do.
begin;
select plan(3);
select tests.furnish_workflows();
select tests.act_as('ann@acme.example');
create temp table flow as
select (public.create_workflow('Three ways', '{
  "nodes": [
    {"id": "start", "type": "trigger", "data": {}},
    {"id": "late", "type": "text", "data": {"template": "Late"}},
    {"id": "other", "type": "text", "data": {"template": "Other"}},
    {"id": "first", "type": "text", "data": {"template": "First"}}
  ],
  "edges": [
    {"id": "a", "source": "start", "target": "late", "data": {"rule": "any", "priority": 3}},
    {"id": "c", "source": "start", "target": "other", "data": {"rule": "any", "priority": 2}},
    {"id": "b", "source": "start", "target": "first", "data": {"rule": "any", "priority": 1, "delay": "PT5M"}}
  ]
}') ->> 'id')::uuid as id;
select tests.act_as_superuser();
select is((select count(*) from public.workflow_edges as e, flow where e.workflow_id = flow.id), 3::bigint, 'three edges');
select results_eq(
  $$ select e.node_id, e.channel::text, e.delay from flow, public.workflows as w, engine.campaign_entry(w.team_id, w.id) as e where w.id = flow.id $$,
  $$ values ('first', 'text', interval '5 minutes') $$, 'the lowest number goes first'
);
select results_eq(
  $$ select e.node_id from flow, public.workflows as w, engine.campaign_entry(w.team_id, w.id) as e where w.id = flow.id $$,
  $$ select d.target
     from flow, engine.decide_steps(array[('trigger', null, null, null, null, 0, 0, false, engine.edge_choices(
       array(select w from public.workflow_edges as w where w.workflow_id = flow.id), 'start'
     ))::engine.ended_visit]) as d $$, 'as the rule of every step has it'
);
select * from finish();
rollback;
