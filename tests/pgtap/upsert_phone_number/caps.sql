-- A sending number with its caps; everything is set each time.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
select tests.add_member(id, 'operator@acme.example', 'operator') as id into temp operator from team;
create function pg_temp.problems(p_rate integer, p_daily integer)
returns text[]
language plpgsql
as $$
declare
  v_detail text;
begin
  perform public.upsert_phone_number('212 555 0100', p_rate_per_minute => p_rate, p_daily_limit => p_daily);
  return null;
exception when sqlstate 'OB001' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return (select array_agg(d ->> 'code') from jsonb_array_elements(v_detail::jsonb) as d);
end
$$;

select tests.act_as('operator@acme.example');
select throws_ok($$ select public.upsert_phone_number('212 555 0100') $$, 'OB008', null, 'an operator may not');
select tests.act_as('admin@acme.example');
select results_eq(
  $$ select phone, rate_per_minute, daily_limit from public.upsert_phone_number('212 555 0100', p_rate_per_minute => 30, p_daily_limit => 900) $$,
  $$ values ('+12125550100', 30, 900) $$, 'an admin sets caps'
);
select is(pg_temp.problems(0, 0), '{rate_range,daily_limit_range}', 'which must be positive');
select is(pg_temp.problems(100001, 10000001), '{rate_range,daily_limit_range}', 'and sane');
select results_eq(
  $$ select rate_per_minute, daily_limit from public.upsert_phone_number('212 555 0100') $$, $$ values (null::integer, null::integer) $$,
  'and takes them away'
);
select is((select count(*) from public.phone_numbers), 1::bigint, 'from the same number');

select * from finish();
rollback;
