-- What is null stays; everything wrong with the rest is told at once, and nothing of it is stored.
begin;
select plan(23);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
create temp table list as
select
  tests.create_list(tests.team_id('Acme'), 1) as id, tests.create_list(tests.team_id('Acme'), 1) as other_id,
  tests.create_list(tests.team_id('Rival'), 1) as foreign_id;
grant select on list to public;
create function pg_temp.change(p_exclusions jsonb, p_name text default null, p_definition jsonb default null)
returns jsonb
language sql
as $$ select public.update_audience_list((select id from list), p_name, p_definition, p_exclusions) $$;
create function pg_temp.kept(p_exclusions jsonb)
returns jsonb
language sql
as $$ select pg_temp.change(p_exclusions) -> 'exclusions' $$;
create function pg_temp.problems(p_exclusions jsonb)
returns text[]
language sql
as $$
  select array_agg(i ->> 'code' || ' ' || (i ->> 'path') order by i ->> 'path')
  from jsonb_array_elements(tests.refusal(format('select pg_temp.change(%L)', p_exclusions)) -> 'detail') as i
$$;

select tests.act_as('vera@acme.example');
select throws_ok($$select pg_temp.change('{}')$$, 'OB008', null, 'a viewer may not');
select tests.act_as('rita@rival.example');
select throws_ok($$select pg_temp.change('{}')$$, 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok($$select public.update_audience_list(null)$$, '42501', null, 'anon can''t reach it');

select tests.act_as('otto@acme.example');
select is(pg_temp.change(null, '  Spring ') ->> 'name', 'Spring', 'a new name');
select is(pg_temp.change(null) ->> 'name', 'Spring', 'null leaves it');
select is(pg_temp.kept(null), '{}', 'and the exclusions');
select is(
  pg_temp.kept('{
    "phones": ["(212) 555-0101", "+1 212.555.0101", "2125550102"], "tags": [9, "7", 9], "contacted_within": "P30D",
    "booked_within": "P90D", "already_booked": false, "campaign_ids": [], "list_ids": null
  }'),
  '{"tags": [7, 9], "phones": ["+12125550101", "+12125550102"], "booked_within": "P90D", "contacted_within": "P30D"}',
  'exclusions are kept in one spelling, without what says nothing'
);
select is(pg_temp.kept(null) ->> 'contacted_within', 'P30D', 'null leaves them');
select is(
  (select public.get_audience_list(id) #>> '{exclusions,phones,1}' from list), '+12125550102', 'and the list shows them'
);
select is(
  pg_temp.kept((select jsonb_build_object('list_ids', array[upper(other_id::text), other_id::text]) from list)),
  (select jsonb_build_object('list_ids', array[other_id]) from list), 'another list, once'
);
select is(pg_temp.kept('{}'), '{}', 'none again');

-- What can be wrong.
select throws_ok($$select pg_temp.change('[]')$$, 'OB001', null, 'exclusions are an object');
select is(
  pg_temp.problems('{
    "phones": ["2125550101", "555-0101", 3, "", "2125550101 / 2125550102"], "tags": [1, -1, "x", null, 1.5], "contacted_within": "30 days",
    "booked_within": "P3651D", "already_booked": "yes", "campaign_ids": ["x", null], "list_ids": {}, "lists": []
  }'),
  array[
    'exclusion_malformed p_exclusions.already_booked', 'exclusion_duration_malformed p_exclusions.booked_within',
    'exclusion_campaign_unknown p_exclusions.campaign_ids.0', 'exclusion_campaign_unknown p_exclusions.campaign_ids.1',
    'exclusion_duration_malformed p_exclusions.contacted_within', 'exclusion_malformed p_exclusions.list_ids',
    'exclusion_unknown p_exclusions.lists', 'exclusion_phone_invalid p_exclusions.phones.1',
    'exclusion_phone_invalid p_exclusions.phones.2', 'exclusion_phone_invalid p_exclusions.phones.3',
    'exclusion_phone_invalid p_exclusions.phones.4',
    'exclusion_tag_malformed p_exclusions.tags.1', 'exclusion_tag_malformed p_exclusions.tags.2',
    'exclusion_tag_malformed p_exclusions.tags.3', 'exclusion_tag_malformed p_exclusions.tags.4'
  ], 'all of it at once, each at its place'
);
select is(
  pg_temp.problems((select jsonb_build_object('list_ids', array[foreign_id, id]) from list)),
  '{exclusion_list_unknown p_exclusions.list_ids.0,exclusion_of_itself p_exclusions.list_ids.1}',
  'another team''s list is unknown, and a list can''t leave out itself'
);
select is(
  pg_temp.problems(jsonb_build_object('tags', (select jsonb_agg(n) from generate_series(1, 10001) as n))),
  '{exclusion_too_many p_exclusions.tags}', 'there is an end to it'
);
select throws_ok($$select pg_temp.change(null, ' ')$$, 'OB001', null, 'a name is something');
select throws_ok($$select pg_temp.change(null, null, '{"a": 1}')$$, 'OB001', null, 'a list from files has no definition');
select throws_ok($$select pg_temp.change(null, null, '[]')$$, 'OB001', null, 'nor one that is no object');
select is(
  jsonb_array_length(tests.refusal($$select pg_temp.change('{"tags": 1}', '', '{"a": 1}')$$) -> 'detail'), 3, 'three problems at once'
);
select is(pg_temp.change(null) ->> 'name', 'Spring', 'what was refused has changed nothing');

-- Exclusions from the beginning.
select is(
  public.create_audience_list('New', p_exclusions => '{"phones": ["2125550101"]}') -> 'exclusions',
  '{"phones": ["+12125550101"]}', 'a list is made with exclusions'
);
select throws_ok(
  $$select public.create_audience_list('Bad', p_exclusions => '{"phones": 1}')$$, 'OB001', null, 'if they are in order'
);
select throws_ok(
  $$select public.create_audience_list('Bad', p_rows => '[{"phone": "1"}]', p_exclusions => '{"phones": ["2125550101"]}')$$,
  'OB001', null, 'and rows that are refused take the list along'
);
select * from finish();
rollback;
