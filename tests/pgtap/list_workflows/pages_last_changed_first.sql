-- The table of workflows: pages in order, each row with what the table shows.
begin;
select plan(13);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft(format('Flow %s', n), null) from generate_series(1, 5) as n;
select tests.set_clock('2027-03-01 13:00-05');
create temp table saved as select public.save_workflow(tests.workflow_id('Flow 2'), tests.team_graph(), 1);
create temp table published as select public.publish_workflow(tests.workflow_id('Flow 2'), 'Go');

select tests.act_as('vera@acme.example');
create temp table first_page as
select l.id, l.name, (l.status, l.version, l.revision, l.note, l.node_count, l.campaign_count)::text as facts, l.cursor,
  row_number() over () as n
from public.list_workflows(p_limit => 3) as l;
create temp table second_page as
select l.id from public.list_workflows(p_limit => 3, p_cursor => (select cursor from first_page order by n desc limit 1)) as l;
select is((select name from first_page where n = 1), 'Flow 2', 'the last changed comes first');
select is((select count(*) from first_page), 3::bigint, 'a page is as long as asked');
select is((select count(*) from second_page), 2::bigint, 'the next one has the rest');
select is(
  (select count(distinct id) from (select id from first_page union all select id from second_page) as rows), 5::bigint,
  'and no row twice'
);
select is(
  (select facts from first_page where n = 1),
  '(PUBLISHED,1,2,Go,4,0)', 'a row has what a table shows'
);
select is((select count(*) from public.list_workflows(p_status => 'PUBLISHED')), 1::bigint, 'by status');
select is((select count(*) from public.list_workflows(p_search => 'flow')), 5::bigint, 'by a part of the name, whatever its case');
select is((select count(*) from public.list_workflows(p_search => '%')), 0::bigint, 'which is no pattern');
select is(
  tests.codes(tests.refusal($$select * from public.list_workflows('LIVE', p_cursor => 'abc')$$) -> 'detail'),
  '{cursor_unknown,status_unknown}', 'what makes no sense is refused, all of it'
);
select is((select count(*) from public.list_workflows(p_limit => -5)), 1::bigint, 'a limit has bounds');
select throws_ok($$select * from public.list_workflows(p_cursor => 'ff00')$$, 'OB001', null, 'a forged cursor is refused');
select tests.act_as('rita@rival.example');
select is((select count(*) from public.list_workflows()), 0::bigint, 'another team has none of them');
select throws_ok(
  $$select * from public.list_workflows(p_team_id => tests.team_id('Acme'))$$, 'OB004', null, 'and can''t ask for them'
);

select * from finish();
rollback;
