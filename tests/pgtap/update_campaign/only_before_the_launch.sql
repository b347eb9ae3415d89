-- A campaign is changed until it is launched: what is null stays, everything wrong is named at once.
begin;
select plan(18);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
create temp table other_list as select tests.create_list(team.id, 2, 5000) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp stranger;
grant select on team, campaign, other_list to authenticated;

create function pg_temp.problems(p_arguments text)
returns text[]
language plpgsql
as $$
declare
  v_detail text;
begin
  execute format('select public.update_campaign((select id from campaign), %s)', p_arguments);
  return null;
exception when sqlstate 'OB001' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return (select array_agg(d ->> 'code') from jsonb_array_elements(v_detail::jsonb) as d);
end
$$;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.update_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select tests.act_as('admin@other.example');
select throws_ok('select public.update_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');

select tests.act_as('admin@acme.example');
select throws_ok('select public.update_campaign(gen_random_uuid())', 'OB004', null, 'nor is one that is not there');
select is(
  (select to_jsonb(c) - 'updated_at' from campaign cross join lateral public.update_campaign(campaign.id) as c),
  (select to_jsonb(c) - 'updated_at' from public.campaigns as c), 'null leaves everything'
);
select results_eq(
  $$ select c.name, c.list_id = other_list.id, c.max_lateness, c.is_continuous, c.priority, c.exclusions, c.targeting, c.retry_budget
     from campaign cross join other_list cross join lateral public.update_campaign(
       campaign.id, p_name => ' Spring ', p_list_id => other_list.id, p_max_lateness => 'PT6H', p_is_continuous => true,
       p_priority => 7, p_exclusions => '{"tags": ["12", 12], "already_booked": false}', p_targeting => '{"tags": ["3", 3, 2]}',
       p_retry_budget => 3
     ) as c $$,
  $$ values ('Spring', true, interval '6 hours', true, 7::smallint, '{"tags": [12]}'::jsonb, '{"tags": [2, 3]}'::jsonb, 3) $$,
  'what is said is stored, in one spelling'
);
select is((select exclusions from campaign cross join lateral public.update_campaign(campaign.id, 'Summer')), '{"tags": [12]}', 'and stays');
select is((select retry_budget from public.campaigns), 3, 'so do the retries');
select is(
  (select c.exclusions || c.targeting from campaign
   cross join lateral public.update_campaign(campaign.id, p_exclusions => '{}', p_targeting => '{}') as c),
  '{}', 'until it is taken away'
);
select is(
  pg_temp.problems($$ ' ', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'P1M', null, 0,
    '{"tags": ["x"], "planets": []}', '{"tags": ["x", 1.5], "zones": [], "campaigns": 7}', -1 $$),
  '{name_length,list_unknown,workflow_not_published,phone_number_unknown,duration_malformed,priority_range,retry_budget_range,'
  'exclusion_tag_malformed,exclusion_unknown,targeting_malformed,targeting_id_malformed,targeting_id_malformed,targeting_unknown}',
  'all problems at once'
);
select is(pg_temp.problems($$ p_exclusions => '[]', p_targeting => '7' $$), '{exclusions_malformed,targeting_malformed}', 'of any form');
select is(
  pg_temp.problems($$ p_targeting => (select jsonb_build_object('tags', jsonb_agg(n)) from generate_series(1, 1001) as n) $$),
  '{targeting_too_many}', 'nor too much'
);
select is(
  pg_temp.problems($$ p_exclusions => (select jsonb_build_object('list_ids', array[id]) from other_list) $$),
  '{exclusion_of_itself}', 'a campaign can''t leave out its own list'
);
select is((select name from public.campaigns), 'Summer', 'nothing of what is wrong is stored');

select lives_ok('select public.launch_campaign(id, ''2027-03-05 12:00-05'') from campaign', 'once it is scheduled');
select throws_ok($$ select public.update_campaign(id, 'x') from campaign $$, 'OB003', null, 'it can''t be changed');
select lives_ok('select public.unschedule_campaign(id) from campaign', 'unscheduled');
select lives_ok($$ select public.update_campaign(id, 'x') from campaign $$, 'it can');
select public.launch_campaign(id) as launched into temp launched from campaign;
select throws_ok($$ select public.update_campaign(id, 'y') from campaign $$, 'OB003', null, 'and not once it runs');

select * from finish();
rollback;
