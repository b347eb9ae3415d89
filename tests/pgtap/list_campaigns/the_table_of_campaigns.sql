begin;
select plan(22);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as_role('anon');
select throws_ok('select public.list_campaigns()', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@other.example');
select is(public.list_campaigns(), '{"items": [], "next_cursor": null}', 'another team sees its own');
select throws_ok('select public.list_campaigns(p_team_id => id) from team', 'OB004', null, 'and no other');
select tests.act_as('admin@acme.example');
select throws_ok('select public.list_campaigns(p_status => ''active'')', 'OB001', null, 'statuses are known');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.quietly($$
  select public.create_campaign('100% off', c.list_id, c.workflow_id, c.phone_number_id) from public.campaigns as c
$$);
create temp table page as select public.list_campaigns() as answer;
select is(
  (select array_agg(i ->> 'name') from page, jsonb_array_elements(answer -> 'items') as i), '{100% off,Tune-up}', 'newest first'
);
create temp table item as select answer #> '{items,1}' as item from page;
select is(
  item -> 'counts', '{"enrolled": 3, "active": 3, "waiting": 0, "queued": 3, "in_progress": 0, "completed": 0, "booked": 0, '
  '"opted_out": 0, "suppressed": 0, "failed": 0, "cancelled": 0}'::jsonb, 'with its counts'
) from item;
select is(item #>> '{workflow,name}', 'Usual', 'its workflow') from item;
select is(item #> '{workflow,version}', '1', 'the version') from item;
select is(item #>> '{list,name}', 'People', 'its list') from item;
select is(item #>> '{phone_number,phone}', '+12125550100', 'its number') from item;
select is(item ->> 'max_lateness', 'P2D', 'durations as they are written') from item;
select is(
  (select array_agg(a ->> 'action' order by n) from item, jsonb_array_elements(item -> 'actions') with ordinality as a (a, n)
   where (a ->> 'allowed')::boolean), '{pause,cancel,retry}', 'and what can be done'
);
select is(
  (select a ->> 'reason' from item, jsonb_array_elements(item -> 'actions') as a where a ->> 'action' = 'resume'),
  'The campaign is ACTIVE; only one that is PAUSED can be resumed.', 'or why not'
);
select is(jsonb_array_length(public.list_campaigns('0%') -> 'items'), 1, 'searched by name');
select is(public.list_campaigns(p_status => 'CREATED') #>> '{items,0,name}', '100% off', 'by status');
select is(
  (select p.two #>> '{items,0,name}' from (
    select public.list_campaigns(p_limit => 1, p_cursor => public.list_campaigns(p_limit => 1) ->> 'next_cursor') as two
  ) as p), 'Tune-up', 'pages follow each other'
);
select tests.quietly($$select public.archive_campaign(id) from public.campaigns where name = '100% off'$$);
select is(jsonb_array_length(public.list_campaigns() -> 'items'), 1, 'what is archived is left out');
select is(public.list_campaigns(p_archived => true) #>> '{items,0,name}', '100% off', 'unless asked for');
select is(jsonb_array_length(public.list_campaigns(p_archived => null) -> 'items'), 2, 'or all');
select tests.act_as_superuser();
update public.campaigns set kind = 'outreach' where name = 'Tune-up';
select tests.act_as('viewer@acme.example');
select is(jsonb_array_length(public.list_campaigns() -> 'items'), 0, 'outreach has a list of its own');
select is(
  (select count(*) from jsonb_array_elements(public.list_campaigns(p_archived => true) #> '{items,0,actions}') as a
   where (a ->> 'allowed')::boolean or a ->> 'reason' <> 'This needs the role operator.'), 0::bigint, 'a viewer can do nothing'
);
select throws_ok('select public.list_campaigns(p_cursor => ''x!'')', 'OB001', null, 'a cursor of another list is none');

select * from finish();
rollback;
