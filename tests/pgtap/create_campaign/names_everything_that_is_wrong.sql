begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 1) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;

select tests.act_as('admin@acme.example');
create function pg_temp.problems()
returns text[]
language plpgsql
as $$
declare
  v_detail text;
begin
  perform public.create_campaign(' ', null, gen_random_uuid(), null, 'P1M', null, 0, p_retry_budget => 101);
  return null;
exception when sqlstate 'OB001' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return (select array_agg(d ->> 'code') from jsonb_array_elements(v_detail::jsonb) as d);
end
$$;
select is(
  pg_temp.problems(),
  '{name_length,list_unknown,workflow_not_published,phone_number_unknown,duration_malformed,priority_range,retry_budget_range}',
  'all problems at once'
);
select is((select count(*) from public.campaigns), 1::bigint, 'and nothing is stored');
select is((select max_lateness from public.campaigns), interval '2 days', 'two days late is too late, unless told otherwise');
select is((select retry_budget from public.campaigns), 10, 'ten retries of a person, unless told otherwise');
create temp table frugal as
select c.id, c.retry_budget from public.campaigns as o
cross join lateral public.create_campaign('Frugal', o.list_id, o.workflow_id, o.phone_number_id, p_retry_budget => 0) as c;
select is((select retry_budget from frugal), 0, 'nobody is tried again where that is said');
select is((select public.get_campaign(id) ->> 'retry_budget' from frugal), '0', 'and that is what the campaign shows');
select tests.quietly('select public.launch_campaign(id) from frugal');
select tests.act_as_superuser();
select is((select e.retries_left from engine.enrollments as e), 0, 'and whoever it enrolls gets');

select tests.act_as('viewer@acme.example');
select throws_ok($$ select public.create_campaign('x', null, null, null) $$, 'OB008', null, 'a viewer may not');
select tests.act_as_superuser();
grant select on team to authenticated;
select tests.act_as('admin@other.example');
select throws_ok(
  $$ select public.create_campaign('x', null, null, null, p_team_id => team.id) from team $$,
  'OB004', null, 'nor somebody of another team'
);

select * from finish();
rollback;
