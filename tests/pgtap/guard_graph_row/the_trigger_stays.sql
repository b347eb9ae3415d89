-- The trigger of a draft is neither deleted nor made something else; all others come and go.
begin;
select plan(7);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');
select tests.act_as_superuser();

select throws_ok('delete from public.workflow_nodes where type = ''trigger''', 'OB003', null, 'it can''t be deleted');
select throws_ok('update public.workflow_nodes set type = ''call'' where type = ''trigger''', 'OB003', null, 'nor become a call');
select throws_ok('update public.workflow_nodes set type = ''trigger'' where id = ''call''', 'OB003', null, 'nor another one the trigger');
select throws_ok(
  'insert into public.workflow_nodes (team_id, workflow_id, id, type)
   select team_id, id, ''second'', ''trigger'' from public.workflows', '23505', null, 'nor have a second one beside it'
);
select lives_ok('update public.workflow_nodes set label = ''Start'' where type = ''trigger''', 'its label is free');
select lives_ok('delete from public.workflow_nodes where id = ''thanks''', 'other nodes go');
select is((select count(*) from public.workflow_edges), 2::bigint, 'with the edges that lead to them');

select * from finish();
rollback;
