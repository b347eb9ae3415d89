-- Rows that are not drafts refuse every write, from any role, in whatever SQL.
begin;
select plan(27);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');
select tests.draft('Draft');
create temp table published as select public.publish_workflow(tests.workflow_id('Usual'));
select tests.act_as_superuser();

create function pg_temp.refused(p_statement text, p_why text)
returns text
language sql
as $$
  select throws_ok(p_statement, 'OB003', null, p_why)
$$;

select pg_temp.refused('update public.workflows set name = ''x'' where status = ''PUBLISHED''', 'no new name');
select pg_temp.refused('update public.workflows set name = name where status = ''PUBLISHED''', 'not even the same one');
select pg_temp.refused('update public.workflows set revision = 9 where status = ''PUBLISHED''', 'no new revision');
select pg_temp.refused(
  'update public.workflows set status = ''ARCHIVED'', archived_at = engine.now(), note = ''x'' where status = ''PUBLISHED''',
  'nothing beside the step to the archive'
);
select throws_ok(
  'update public.workflows set status = ''DRAFT'' where status = ''PUBLISHED''', 'OB002', null, 'no way back to a draft'
);
select pg_temp.refused('delete from public.workflows where status = ''PUBLISHED''', 'no deletion');
select pg_temp.refused('truncate public.workflows cascade', 'no emptying');
select pg_temp.refused(
  'insert into public.workflows (team_id, id, lineage_id, name, status, version, published_at)
   select team_id, engine.new_id(), lineage_id, name, ''PUBLISHED'', 7, engine.now() from public.workflows limit 1',
  'nobody begins as published'
);
select pg_temp.refused('update public.workflows set id = engine.new_id() where status = ''DRAFT''', 'no id ever changes');
select pg_temp.refused('update public.workflows set lineage_id = engine.new_id() where status = ''DRAFT''', 'nor a lineage');

select pg_temp.refused('update public.workflow_nodes set label = ''x'' where status = ''PUBLISHED''', 'no node changes');
select pg_temp.refused('update public.workflow_nodes set status = ''DRAFT'' where status = ''PUBLISHED''', 'nor its status by itself');
select pg_temp.refused('update public.workflow_nodes set status = ''PUBLISHED'' where status = ''DRAFT''', 'nor that of a draft');
select pg_temp.refused('delete from public.workflow_nodes where status = ''PUBLISHED''', 'no node goes');
select pg_temp.refused('truncate public.workflow_nodes cascade', 'not by emptying either');
select pg_temp.refused(
  'insert into public.workflow_nodes (team_id, workflow_id, id, type)
   select team_id, id, ''new'', ''text'' from public.workflows where status = ''PUBLISHED''', 'no node comes'
);
select pg_temp.refused(
  'insert into public.workflow_nodes (team_id, workflow_id, id, type, status)
   select team_id, id, ''new'', ''text'', status from public.workflows where status = ''PUBLISHED''', 'under no flag'
);
select pg_temp.refused(
  'update public.workflow_nodes set workflow_id = tests.workflow_id(''Usual''), id = ''moved''
   where id = ''thanks'' and status = ''DRAFT''', 'nor from a draft'
);
select pg_temp.refused('update public.workflow_edges set delay = ''1 day'' where status = ''PUBLISHED''', 'no edge changes');
select pg_temp.refused('delete from public.workflow_edges where status = ''PUBLISHED''', 'no edge goes');
select pg_temp.refused('truncate public.workflow_edges', 'not by emptying either');
select pg_temp.refused(
  'insert into public.workflow_edges (team_id, workflow_id, id, source, target, when_outcome)
   select team_id, id, ''new'', ''call'', ''thanks'', ''busy'' from public.workflows where status = ''PUBLISHED''', 'no edge comes'
);

select lives_ok(
  'update public.workflows set status = ''ARCHIVED'', archived_at = engine.now() where status = ''PUBLISHED''', 'it can be archived'
);
select is(
  (select array_agg(distinct status::text) from public.workflow_nodes where workflow_id = tests.workflow_id('Usual')),
  '{ARCHIVED}', 'with all that it has'
);
select pg_temp.refused('update public.workflow_edges set priority = 9 where status = ''ARCHIVED''', 'and is as it was for ever');
select lives_ok('delete from public.workflows where status = ''DRAFT''', 'a draft can go, with its trigger');
select lives_ok(
  'delete from public.teams where name = ''Acme''', 'a team can go with all that it has'
);

select * from finish();
rollback;
