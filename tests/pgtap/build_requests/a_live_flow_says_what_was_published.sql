-- The template of an assistant is sent as it was when the workflow was published, whatever becomes of it.
begin;
select plan(14);
select tests.set_clock('2027-03-02 12:00-05');
select tests.furnish_workflows();
select tests.act_as('ann@acme.example');
select tests.quietly($$select public.upsert_assistant('Tex', 'tex', 'text', p_template => 'Hi {{first_name}}, {{team_name}} here.')$$);

create function pg_temp.by_assistant()
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'nodes', jsonb_build_array(
      '{"id": "start", "type": "trigger", "data": {}}'::jsonb,
      jsonb_build_object('id', 'text', 'type', 'text', 'data', jsonb_build_object(
        'assistant_id', (select id from public.assistants where channel = 'text'), 'template_overrides', '{"team_name": "Ann"}'::jsonb
      ))
    ),
    'edges', '[{"id": "e1", "source": "start", "target": "text"}]'::jsonb
  )
$$;

create function pg_temp.shown()
returns text
language sql
as $$
  select public.get_workflow(tests.workflow_id('Usual')) #>> '{nodes,1,data,assistant_template}'
$$;

select tests.draft('Usual', pg_temp.by_assistant());
select is(pg_temp.shown(), 'Hi {{first_name}}, {{team_name}} here.', 'a draft shows what it would send');
select tests.quietly($$select public.upsert_assistant('Tex', 'tex', 'text', p_template => 'Hello {{first_name}}, {{team_name}} here.')$$);
select is(pg_temp.shown(), 'Hello {{first_name}}, {{team_name}} here.', 'which follows the assistant');
select is(
  public.save_workflow(tests.workflow_id('Usual'), public.get_workflow(tests.workflow_id('Usual')), 1) #>> '{nodes,1,data,assistant_id}',
  (select id::text from public.assistants where channel = 'text'), 'what is shown can be saved'
);
select is((select config ? 'assistant_template' from public.workflow_nodes where id = 'text'), false, 'and is not stored with it');
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Usual'))$$);
select tests.quietly($$select public.upsert_assistant('Tex', 'tex', 'text', p_template => 'Changed')$$);
select is(pg_temp.shown(), 'Hello {{first_name}}, {{team_name}} here.', 'once published it is fixed');
create temp table clone as select public.clone_workflow(tests.workflow_id('Usual'), 'Next') as flow;
select is(
  public.compare_workflows(tests.workflow_id('Usual'), tests.workflow_id('Next')) #> '{nodes,changed,0,fields}',
  '[{"field": "data.assistant_template", "from": "Hello {{first_name}}, {{team_name}} here.", "to": "Changed"}]',
  'a clone would send the new words, and the comparison says so'
);
select is(
  public.publish_workflow(tests.workflow_id('Next')) #>> '{nodes,1,data,assistant_template}', 'Changed', 'as it does when it is published'
);

-- What is sent.
select tests.act_as_superuser();
select tests.create_list(tests.team_id('Acme'), 1);
select tests.act_as('otto@acme.example');
create temp table campaign as
select (public.create_campaign('Tune-up', l.id, tests.workflow_id('Usual'), p.id)).id
from public.audience_lists as l cross join public.phone_numbers as p;
select tests.quietly(format('select public.launch_campaign(%L)', id)) from campaign;
select tests.act_as_superuser();
select is(
  (select r.request ->> 'body' from engine.jobs as j cross join engine.build_requests(array[j.id]) as r),
  'Hello Pat 1, Ann here.', 'the published words, with the node''s overrides'
);
update public.assistants set is_active = false, template = 'Later still' where channel = 'text';
select is(
  (select r.request ->> 'body' from engine.jobs as j cross join engine.build_requests(array[j.id]) as r),
  'Hello Pat 1, Ann here.', 'no SQL changes them'
);
delete from public.assistants where channel = 'text';
select is(
  (select r.request ->> 'body' from engine.jobs as j cross join engine.build_requests(array[j.id]) as r),
  'Hello Pat 1, Ann here.', 'nor does deleting the assistant'
);
select throws_ok(
  'update public.workflow_nodes set assistant_template = ''x'' where workflow_id = tests.workflow_id(''Usual'') and id = ''text''',
  'OB003', null, 'nor can they be changed where they are'
);

-- A template of the node's own is not touched.
select tests.act_as('otto@acme.example');
select tests.draft('Own words');
select is(
  (public.publish_workflow(tests.workflow_id('Own words')) #> '{nodes,3,data}') ? 'assistant_template', false, 'a text with a template has no other'
);
select tests.act_as_superuser();
select is(
  (select count(*) from public.workflow_nodes where assistant_template is not null), 2::bigint, 'two versions hold one each'
);
select is(
  (select count(*) from public.workflow_nodes where type = 'call' and assistant_template is not null), 0::bigint, 'calls hold none'
);

select * from finish();
rollback;
