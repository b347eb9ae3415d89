-- Every difference between two workflows of a team, down to the setting.
begin;
select plan(22);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Old');
select tests.act_as_superuser();
create temp table graphs as
with changed as (
  select jsonb_set(jsonb_set(jsonb_set(jsonb_set(jsonb_set(jsonb_set(g,
    '{nodes,1,data,business_hours}', '{"windows": {"monday": [{"start": "09:00", "end": "12:00"}], "friday": [{"start": "09:00", "end": "12:00"}]}}'),
    '{nodes,1,data,retry}', '{"outcomes": ["no_answer", "busy"], "max_retries": 3, "delay": "PT4H"}'),
    '{nodes,1,position}', '{"x": 5, "y": 100}'),
    '{nodes,2}', '{"id": "new", "type": "text", "position": {"x": 0, "y": 200}, "data": {"label": "New", "template": "Hi"}}'),
    '{edges,1}', '{"id": "e9", "source": "call", "target": "new", "data": {"when": "not_booked", "label": "later", "priority": 2}}'),
    '{edges,2,data,delay}', '"PT15M"') #- '{edges,3}' as g
  from tests.team_graph() as g
)
select g as changed, jsonb_set(g, '{nodes,1,data,business_hours,windows}', '{"monday": [{"start": "09:00", "end": "17:00"}]}') as again
from changed;
grant select on graphs to public;
select tests.act_as('otto@acme.example');
select tests.draft('New', changed) from graphs;
select tests.draft('Again', again) from graphs;

create function pg_temp.compared(p_from text, p_to text)
returns jsonb
language sql
as $$
  select public.compare_workflows(tests.workflow_id(p_from), tests.workflow_id(p_to))
$$;

select tests.act_as('rita@rival.example');
select throws_ok($$select pg_temp.compared('Old', 'New')$$, 'OB004', null, 'another team''s are not found');
select tests.draft('Theirs', tests.team_graph('Rival'));
select throws_ok($$select pg_temp.compared('Theirs', 'New')$$, 'OB004', null, 'neither the second');
select tests.act_as_role('anon');
select throws_ok($$select public.compare_workflows(null, null)$$, '42501', null, 'anon can''t reach it');
select tests.act_as_role('service_role');
select is(
  tests.codes(tests.refusal($$select pg_temp.compared('Theirs', 'New')$$) -> 'detail'), '{teams_differ}', 'two teams have nothing in common'
);

select tests.act_as('vera@acme.example');
create temp table answer as select pg_temp.compared('Old', 'New') as c;
select is(
  c -> 'from', jsonb_build_object('id', tests.workflow_id('Old'), 'name', 'Old', 'status', 'DRAFT', 'version', null, 'revision', 1),
  'a viewer may ask; what is compared'
) from answer;
select is(c -> 'to' ->> 'name', 'New', 'with what') from answer;
select is(c -> 'equal', 'false', 'they differ') from answer;
select is(c #> '{nodes,added}', '[{"id": "new", "type": "text", "label": "New"}]', 'a node that came') from answer;
select is(c #> '{nodes,removed}', '[{"id": "text", "type": "text", "label": "Follow-up"}]', 'one that went') from answer;
select is(c #> '{nodes,moved}', '["call"]', 'one that moved, apart') from answer;
select is(
  c #> '{nodes,changed}', '[{"id": "call", "type": "call", "label": "First call", "fields": [
    {"field": "data.business_hours", "from": null,
     "to": {"timezone": "contact", "windows": {"monday": [{"start": "09:00", "end": "12:00"}], "friday": [{"start": "09:00", "end": "12:00"}]}}},
    {"field": "data.retry.max_retries", "from": 1, "to": 3},
    {"field": "data.retry.outcomes", "from": ["no_answer"], "to": ["no_answer", "busy"]}]}]',
  'a node''s settings, a new one as a whole'
) from answer;
select is(
  c #> '{edges,added}', '[{"id": "e9", "source": "call", "target": "new", "when": "not_booked", "label": "later"}]', 'an edge that came'
) from answer;
select is(
  c #> '{edges,removed}', '[{"id": "e2", "source": "call", "target": "text", "when": "no_answer", "label": null},
    {"id": "e4", "source": "text", "target": "thanks", "when": "reply_matches", "label": null}]', 'edges that went, in order'
) from answer;
select is(
  c #> '{edges,changed,0,fields}', '[{"field": "data.delay", "from": "PT0S", "to": "PT15M"}]', 'an edge that changed'
) from answer;
select is(c #> '{edges,changed,0,id}', '"e3"', 'by its id') from answer;
select is(c -> 'edges' ? 'moved', false, 'edges have no place to move from') from answer;
select is(
  pg_temp.compared('New', 'Again') #> '{nodes,changed,0,fields}',
  '[{"field": "data.business_hours.windows.friday", "from": [{"start": "09:00", "end": "12:00"}], "to": null},
    {"field": "data.business_hours.windows.monday", "from": [{"start": "09:00", "end": "12:00"}], "to": [{"start": "09:00", "end": "17:00"}]}]',
  'as far down as the objects go'
);
select is(pg_temp.compared('Old', 'Old') -> 'equal', 'true', 'a workflow equals itself');

-- Versions.
select tests.act_as('otto@acme.example');
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Old'))$$);
create temp table version as select public.clone_workflow(tests.workflow_id('Old'), 'Next') ->> 'id' as id;
select is(pg_temp.compared('Old', 'Next') -> 'equal', 'true', 'and its clone, whatever their status');
select tests.quietly($$select public.save_workflow(
  tests.workflow_id('Next'), jsonb_set(jsonb_set(tests.team_graph(), '{nodes,3,type}', '"call"'), '{nodes,3,data}', tests.team_graph() #> '{nodes,1,data}'), 1
)$$);
select is(
  jsonb_path_query_array(pg_temp.compared('Old', 'Next'), '$.nodes.changed[*].fields[*].field'),
  '["data.assistant_id", "data.first_message", "data.label", "data.retry", "data.template", "type"]', 'a node that became another kind'
);
select is(pg_temp.compared('Old', 'Next') #>> '{from,version}', '1', 'a version says which');
select throws_ok($$select pg_temp.compared('Old', 'None')$$, 'OB004', null, 'what is not there is not found');

select * from finish();
rollback;
