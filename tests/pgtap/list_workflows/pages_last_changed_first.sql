-- The table of workflows: pages in order, each row with what the table shows.
begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft(format('Flow %s', n), null) from generate_series(1, 5) as n;
select tests.set_clock('2027-03-01 13:00-05');
create temp table saved as select public.save_workflow(tests.workflow_id('Flow 2'), tests.team_graph(), 1);
create temp table published as select public.publish_workflow(tests.workflow_id('Flow 2'), 'Go');

create function pg_temp.names(p_page jsonb)
returns text[]
language sql
as $$
  select array_agg(i.value ->> 'name' order by i.ordinality) from jsonb_array_elements(p_page -> 'items') with ordinality as i
$$;

select tests.act_as('vera@acme.example');
create temp table first_page as select public.list_workflows(p_limit => 3) as page;
create temp table second_page as
select public.list_workflows(p_limit => 3, p_cursor => page ->> 'next_cursor') as page from first_page;
select is((pg_temp.names(page))[1], 'Flow 2', 'the last changed comes first') from first_page;
select is(
  (select array_agg(n.name order by n.name) from first_page as f, second_page as s,
    unnest(pg_temp.names(f.page) || pg_temp.names(s.page)) as n (name)),
  '{"Flow 1","Flow 2","Flow 3","Flow 4","Flow 5"}', 'the next page has the rest, and no row comes twice'
);
select is(page -> 'next_cursor', 'null', 'and is the last') from second_page;
select is(
  (page #> '{items,0}') - '{id,team_id,lineage_id,created_at,updated_at,published_at,archived_at,name}'::text[],
  '{"status": "PUBLISHED", "version": 1, "revision": 2, "note": "Go", "node_count": 4, "campaign_count": 0, "is_generated": false}',
  'a row has what a table shows'
) from first_page;
select is(pg_temp.names(public.list_workflows(p_status => 'PUBLISHED')), '{"Flow 2"}', 'by status');
select is(cardinality(pg_temp.names(public.list_workflows('flow'))), 5, 'by a part of the name, whatever its case');
select is(public.list_workflows('%') -> 'items', '[]', 'which is no pattern');
select throws_ok($$select public.list_workflows(p_status => 'LIVE')$$, 'OB001', null, 'a status that is none');
select throws_ok($$select public.list_workflows(p_cursor => 'abc')$$, 'OB001', null, 'a cursor that is none');
select throws_ok($$select public.list_workflows(p_limit => 0)$$, 'OB001', null, 'a page of no rows');
select throws_ok($$select public.list_workflows(p_limit => 100000)$$, 'OB009', null, 'a page without end');
select is(
  public.list_workflows(p_lineage_id => (public.get_workflow(tests.workflow_id('Flow 3')) ->> 'lineage_id')::uuid) #>> '{items,0,name}',
  'Flow 3', 'one lineage alone'
);
select tests.act_as('otto@acme.example');
select tests.quietly($$select public.clone_workflow(tests.workflow_id('Flow 2'), 'Flow 2b')$$);
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Flow 2b'), 'Again')$$);
select tests.quietly($$select public.clone_workflow(tests.workflow_id('Flow 2'), 'Flow 2c')$$);
create temp table versions as
select public.list_workflows(p_lineage_id => (public.get_workflow(tests.workflow_id('Flow 2')) ->> 'lineage_id')::uuid) as page;
grant select on versions to public;
select is(
  jsonb_path_query_array(page, '$.items[*] ? (@.version > 0).note') @> '["Go", "Again"]', true, 'with the note of each version'
) from versions;
select is(jsonb_array_length(page -> 'items'), 3, 'all of them, and the draft of the next') from versions;
select tests.act_as('rita@rival.example');
select is(
  public.list_workflows(p_lineage_id => (page #>> '{items,0,lineage_id}')::uuid) -> 'items', '[]', 'another team''s has none'
) from versions;
select is(public.list_workflows() -> 'items', '[]', 'another team has none of them');
select throws_ok(
  $$select public.list_workflows(p_team_id => tests.team_id('Acme'))$$, 'OB004', null, 'and can''t ask for them'
);

select * from finish();
rollback;
