-- What the editor holds is what is stored afterwards: gone is deleted, the rest is as it was drawn.
begin;
select plan(20);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');

-- The same again.
create temp table saved as
select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 1) as workflow;
select is(workflow ->> 'revision', '2', 'a save counts the revision up') from saved;
select is(
  (select array_agg(n.value ->> 'id') from saved, jsonb_array_elements(workflow -> 'nodes') as n),
  '{start,call,text,thanks}', 'nodes come back in their order'
);
select is(
  workflow -> 'nodes' -> 1, tests.team_graph() -> 'nodes' -> 1, 'a node comes back as it was sent'
) from saved;
select is(
  workflow -> 'edges' -> 3,
  '{"id": "e4", "source": "text", "target": "thanks",
    "data": {"when": "reply_matches", "phrases": ["yes"], "delay": "PT0S", "priority": 1}}',
  'an edge comes back with its defaults spelled out'
) from saved;
select is(public.get_workflow(tests.workflow_id('Usual')), workflow - 'warnings', 'and get_workflow says the same') from saved;

-- A node less, another type, an edge that leads elsewhere, and everything that an editor adds.
create temp table drawn as
select '{
  "viewport": {"zoom": 2},
  "nodes": [
    {"id": "text", "type": "text", "position": {"x": 1.25, "y": -3}, "selected": true, "measured": {"width": 3},
      "data": {"label": "Moved", "template": "Hi {{first_name}} {{unit}}", "template_overrides": {"unit": "pump"},
        "assistant_id": null, "first_message": "x", "retry": null, "color": "red",
        "business_hours": {"windows": {"monday": [{"start": "12:00", "end": "13:00", "id": 4}, {"start": "08:00", "end": "09:00"}],
          "tuesday": [], "friday": null}},
        "batching": {"size": 5, "interval": "PT1M", "extra": 1}}},
    {"id": "start", "type": "trigger", "data": {"filter": {}}}
  ],
  "edges": [
    {"id": "e9", "source": "start", "target": "text", "sourceHandle": "out", "animated": true, "type": "smoothstep",
      "data": {"delay": "PT90M", "phrases": [], "label": "later"}}
  ]
}'::jsonb as graph;
select is(public.save_workflow(tests.workflow_id('Usual'), graph, 2) -> 'warnings', '[]', 'nothing to warn of') from drawn;
select is(
  public.get_workflow(tests.workflow_id('Usual')) -> 'nodes',
  '[{"id": "text", "type": "text", "position": {"x": 1.25, "y": -3},
     "data": {"label": "Moved", "template": "Hi {{first_name}} {{unit}}", "template_overrides": {"unit": "pump"},
       "business_hours": {"timezone": "contact",
         "windows": {"monday": [{"start": "08:00", "end": "09:00"}, {"start": "12:00", "end": "13:00"}]}},
       "batching": {"size": 5, "interval": "PT1M"}}},
    {"id": "start", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}}]',
  'what is not of the contract is dropped, what may be left out is filled in'
);
select is(
  public.get_workflow(tests.workflow_id('Usual')) -> 'edges',
  '[{"id": "e9", "source": "start", "target": "text", "sourceHandle": "out",
     "data": {"label": "later", "when": "any", "delay": "PT1H30M", "priority": 1}}]',
  'edges that are gone are deleted'
);
select is((select count(*) from public.workflow_nodes), 2::bigint, 'so are nodes');

-- A trigger with another id, which a call had before, while the old id becomes a text.
select lives_ok($$
  select public.save_workflow(tests.workflow_id('Usual'), '{
    "nodes": [{"id": "start", "type": "text", "data": {"template": "Hi"}}, {"id": "text", "type": "trigger"}],
    "edges": [{"id": "e9", "source": "text", "target": "start"}]
  }', 3)
$$, 'the trigger can be drawn anew');
select is(
  (select array_agg(id || ' ' || type order by ordinal) from public.workflow_nodes), '{"start text","text trigger"}',
  'with an id that another node had'
);
select is((select count(*) from public.workflow_nodes where type = 'trigger'), 1::bigint, 'there is one trigger');

-- Two edges that swap their rules.
select lives_ok($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 4)$$, 'back to the usual');
create temp table swapped as
select jsonb_set(
  tests.team_graph(), '{edges}', tests.team_graph() -> 'edges'
  || '{"id": "e5", "source": "call", "target": "text", "data": {"when": "busy", "priority": 2}}'::jsonb
) as graph;
select lives_ok($$select public.save_workflow(tests.workflow_id('Usual'), graph, 5) from swapped$$, 'two edges to one node');
select lives_ok($$
  select public.save_workflow(
    tests.workflow_id('Usual'),
    jsonb_set(jsonb_set(graph, '{edges,1,data,when}', '"busy"'), '{edges,4,data,when}', '"no_answer"'), 6
  ) from swapped
$$, 'may swap their rules');
select is(
  (select array_agg(id || ' ' || when_outcome order by id) from public.workflow_edges where source = 'call'),
  '{"e2 busy","e3 booked","e5 no_answer"}', 'and have'
);

-- The name goes with it.
select is(
  public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 7, ' Renamed ') ->> 'name', 'Renamed', 'a draft can be renamed'
);
select is(
  tests.codes(tests.refusal($$select public.save_workflow(tests.workflow_id('Renamed'), '[]', 8, '')$$) -> 'detail'),
  '{graph_invalid,name_length}', 'name and graph are judged together'
);
select is((select revision from public.workflows), 8, 'a refusal is no revision');
select is((select count(*) from public.workflow_edges), 4::bigint, 'and writes nothing');

select * from finish();
rollback;
