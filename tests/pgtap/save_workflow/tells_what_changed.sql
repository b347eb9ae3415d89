-- Who saves over somebody else's work is told what that work was, as long as the revision is kept.
begin;
select plan(15);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');

create function pg_temp.stale(p_revision integer)
returns jsonb
language sql
as $$
  select tests.refusal(format($q$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), %L)$q$, p_revision)) -> 'detail'
$$;

select tests.act_as_superuser();
select tests.set_clock('2027-03-01 12:30-05');
select tests.act_as('otto@acme.example');
select tests.quietly($$select public.save_workflow(
  tests.workflow_id('Usual'),
  jsonb_set(
    jsonb_set(tests.team_graph(), '{nodes,1,data,retry,max_retries}', '5') #- '{edges,3}', '{nodes,3,position,x}', '7'
  ), 1
)$$);
select is(pg_temp.stale(1) ->> 'actual', '2', 'the revision that it has now');
select is((pg_temp.stale(1) ->> 'saved_at')::timestamptz, '2027-03-01 12:30-05', 'when it was saved');
select is(
  pg_temp.stale(1) -> 'changes' -> 'nodes',
  '{"added": [], "removed": [], "moved": ["thanks"], "changed": [{"id": "call", "type": "call", "label": "First call",
    "fields": [{"field": "data.retry.max_retries", "from": 1, "to": 5}]}]}', 'what became of the nodes'
);
select is(
  pg_temp.stale(1) -> 'changes' -> 'edges',
  '{"added": [], "changed": [], "removed": [
    {"id": "e4", "source": "text", "target": "thanks", "when": "reply_matches", "label": null}]}', 'and of the edges'
);
select tests.quietly($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 2)$$);
select is(pg_temp.stale(1) #> '{changes,nodes,changed}', '[]', 'from the revision that was read, over all saves since');
select is(
  pg_temp.stale(2) #> '{changes,nodes,changed,0,fields}',
  '[{"field": "data.retry.max_retries", "from": 5, "to": 1}]', 'not from the one before'
);
select is(pg_temp.stale(1) #> '{changes,name}', null, 'nothing of the name, which is as it was');
select tests.quietly($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 3, 'Unusual')$$);
select is(
  tests.refusal($$select public.save_workflow(tests.workflow_id('Unusual'), tests.team_graph(), 3)$$) #> '{detail,changes,name}',
  '{"from": "Usual", "to": "Unusual"}', 'when only the name was changed, that is told'
);
select tests.quietly($$select public.save_workflow(tests.workflow_id('Unusual'), tests.team_graph(), 4, 'Usual')$$);
select is(pg_temp.stale(9) -> 'changes', 'null', 'of a revision that never was nobody can say');
select is(pg_temp.stale(null) -> 'changes', 'null', 'nor of none');

select tests.act_as_superuser();
select tests.quietly($$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), n) from generate_series(5, 51) as n$$);
select is(
  (select array[min(revision), max(revision), count(*)] from engine.workflow_revisions), '{3,52,50}', 'the last 50 are kept'
);
select is(pg_temp.stale(2) -> 'changes', 'null', 'what is no longer kept is not told');
select isnt(pg_temp.stale(3) -> 'changes', 'null', 'what is kept is');
select tests.quietly($$select public.clone_workflow(tests.workflow_id('Usual'), 'Other')$$);
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Usual'))$$);
select is(
  (select array_agg(w.name) from engine.workflow_revisions as r inner join public.workflows as w on r.workflow_id = w.id),
  '{Other}', 'publishing forgets them, and those of no other'
);
select tests.quietly($$select public.archive_workflow(tests.workflow_id('Other'))$$);
select is((select count(*) from engine.workflow_revisions), 0::bigint, 'so does archiving');

select * from finish();
rollback;
