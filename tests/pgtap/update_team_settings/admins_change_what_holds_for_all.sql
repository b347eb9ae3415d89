-- What holds for a team: members read it, admins change it, null leaves a thing as it is.
begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
select tests.add_member(id, 'viewer@acme.example', 'viewer'), tests.add_member(id, 'operator@acme.example', 'operator') from team;
select tests.create_team('Other', 'admin@other.example') as id into temp stranger;
grant select on team to authenticated;

create function pg_temp.problems(p_arguments text)
returns text[]
language plpgsql
as $$
declare
  v_detail text;
begin
  execute format('select public.update_team_settings(%s)', p_arguments);
  return null;
exception when sqlstate 'OB001' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return (select array_agg(d ->> 'code') from jsonb_array_elements(v_detail::jsonb) as d);
end
$$;

select tests.act_as('viewer@acme.example');
select is(
  public.get_team_settings() - 'id' - 'is_sandbox',
  '{"name": "Acme", "timezone": "America/New_York", "country": "US", "frequency_limit": null, "frequency_window": null}',
  'a viewer reads them, and there is no cap at first'
);
select throws_ok('select public.update_team_settings()', 'OB008', null, 'a viewer may not change them');
select tests.act_as('operator@acme.example');
select throws_ok('select public.update_team_settings()', 'OB008', null, 'nor may an operator');
select tests.act_as('admin@other.example');
select throws_ok('select public.get_team_settings(id) from team', 'OB004', null, 'another team''s are not found');
select throws_ok('select public.update_team_settings(p_team_id => id) from team', 'OB004', null, 'nor changed');

select tests.act_as('admin@acme.example');
select is(
  public.update_team_settings(' Acme West ', 'America/Denver', 'CA', 3, 'P7D') - 'id' - 'is_sandbox',
  '{"name": "Acme West", "timezone": "America/Denver", "country": "CA", "frequency_limit": 3, "frequency_window": "P7D"}',
  'an admin does'
);
select is(public.update_team_settings(), public.get_team_settings(), 'null leaves everything');
select is(public.update_team_settings(p_frequency_window => 'PT36H') ->> 'frequency_limit', '3', 'a window keeps its limit');
select is(public.update_team_settings(p_frequency_limit => 2) ->> 'frequency_window', 'PT36H', 'and a limit its window');
select is(
  public.update_team_settings(p_frequency_limit => 0) - 'id' - 'name' - 'country' - 'timezone' - 'is_sandbox',
  '{"frequency_limit": null, "frequency_window": null}', '0 takes the cap away'
);
select is(
  pg_temp.problems($$ ' ', 'Mars/Olympus', 'usa', -1, 'P1M' $$),
  '{name_length,timezone_unknown,country_unknown,frequency_limit_range,frequency_window_malformed}', 'all problems at once'
);
select is(pg_temp.problems('p_frequency_limit => 5'), '{frequency_window_required}', 'a limit in no window');
select is(pg_temp.problems($$ p_frequency_window => 'P7D' $$), '{frequency_limit_required}', 'a window without a limit');
select is(pg_temp.problems($$ null, null, null, 1001, 'PT1S' $$), '{frequency_limit_range,frequency_window_malformed}', 'out of range');
select is(pg_temp.problems($$ null, null, null, 1, 'P366D' $$), '{frequency_window_malformed}', 'too long');
select tests.act_as_superuser();
select throws_ok('update public.teams set frequency_limit = 3', '23514', null, 'half a cap can''t be stored');
select is((select count(*) from public.teams where name = 'Acme West'), 1::bigint, 'one team has changed');

select * from finish();
rollback;
