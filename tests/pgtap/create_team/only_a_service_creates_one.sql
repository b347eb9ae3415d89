-- A team is made by a backend with the service key, whole or not at all.
begin;
select plan(8);

select tests.act_as('ann@example.com');
select throws_ok(
  $$select public.create_team('Acme')$$, '42501', null, 'a member may not create a team'
);

select tests.act_as_role('anon');
select throws_ok($$select public.create_team('Acme')$$, '42501', null, 'anon cannot reach it');

select tests.act_as_role('service_role');
select is(
  (select (name, timezone, country, is_sandbox)::text from public.create_team('  Acme  ')),
  '(Acme,America/New_York,US,f)',
  'a service creates one, its name trimmed'
);
select throws_ok($$select public.create_team(' ')$$, 'OB001', null, 'a name is needed');
select throws_ok($$select public.create_team(null)$$, 'OB001', null, 'null is no name');
select throws_ok(
  $$select public.create_team('Acme', p_timezone => 'Mars/Olympus')$$, 'OB001', null, 'the time zone must exist'
);
select throws_ok(
  $$select public.create_team('Acme', p_country => 'usa')$$, 'OB001', null, 'the country is two capital letters'
);

select tests.act_as_superuser();
select is((select count(*) from public.teams), 1::bigint, 'nothing but the good one was stored');

select * from finish();
rollback;
