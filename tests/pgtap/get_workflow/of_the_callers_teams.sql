-- A workflow of the caller's teams, or none.
begin;
select plan(5);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');

select tests.act_as('vera@acme.example');
select is(public.get_workflow(tests.workflow_id('Usual')) ->> 'name', 'Usual', 'a viewer reads it');
select is(jsonb_array_length(public.get_workflow(tests.workflow_id('Usual')) -> 'edges'), 4, 'with its graph');
select tests.act_as('rita@rival.example');
select is(
  tests.refusal($$select public.get_workflow(tests.workflow_id('Usual'))$$) - 'detail',
  tests.refusal($$select public.get_workflow('00000000-0000-7000-8000-000000000000')$$) - 'detail',
  'another team''s row and one that never was look alike'
);
select throws_ok($$select public.get_workflow(null)$$, 'OB004', null, 'so does none');
select tests.act_as_role('anon');
select throws_ok($$select public.get_workflow(null)$$, '42501', null, 'anon can''t reach it');

select * from finish();
rollback;
