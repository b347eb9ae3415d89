-- An operator stops a number: suppression, ledger and every open job of the number, in one transaction.
begin;
select plan(25);
select tests.set_clock('2027-03-01 12:00-05');
create temp table scene as select t as team_id, tests.create_campaign(t, 3) as campaign_id
from tests.create_team('Acme', 'ann@acme.example') as t;
create temp table people as
select phone, row_number() over (order by phone) as n from public.contacts;
grant select on scene, people to public;
create function pg_temp.person(p_n integer) returns text language sql as $$ select phone from people where n = p_n $$;
create function pg_temp.state(p_n integer) returns text language sql as $$
  select format('%s %s %s %s', j.status, j.reason_code, e.status, e.reason_code)
  from engine.jobs as j inner join engine.enrollments as e on j.enrollment_id = e.id
  where j.phone = pg_temp.person(p_n)
$$;
select tests.add_member(team_id, 'vic@acme.example', 'viewer'), tests.add_member(team_id, 'olga@acme.example', 'operator') from scene;
select tests.create_team('Other', 'eve@other.example');
do $$ begin perform public.launch_campaign(campaign_id) from scene; end $$;

select tests.act_as('olga@acme.example');
create temp table answer as select public.opt_out(pg_temp.person(1), p_note => ' She rang: never again. ') as a;
grant select on answer to public;
select is(a - '{team_id, suppressions}'::text[], jsonb_build_object(
  'phone', pg_temp.person(1), 'reason', 'opted_out', 'added', '["call", "text"]'::jsonb, 'cancelled_jobs', 1
), 'every channel, and her call') from answer;
select is(
  (select jsonb_agg(s - '{since, meaning}'::text[]) from answer, jsonb_array_elements(a -> 'suppressions') as s),
  '[{"channel": "call", "reason": "opted_out", "source": "operator", "words": "She rang: never again.", "lifted_by": "person"},
    {"channel": "text", "reason": "opted_out", "source": "operator", "words": "She rang: never again.", "lifted_by": "person"}]',
  'which says why, and who may lift it'
);
select is((select count(*) from public.suppressions), 2::bigint, 'members see what is suppressed');
select is(
  (select format('%s %s %s %s', count(*), min(action), min(words), bool_and(user_id = tests.user_id('olga@acme.example'))) from public.consent_events),
  '2 opt_out She rang: never again. t', 'the ledger has each channel, the words, and who wrote them down'
);
select is(public.opt_out(pg_temp.person(1)) - '{team_id, suppressions}'::text[], jsonb_build_object(
  'phone', pg_temp.person(1), 'reason', 'opted_out', 'added', '[]'::jsonb, 'cancelled_jobs', 0
), 'again: no change');
select is((select count(*) from public.consent_events), 2::bigint, 'and nothing in the ledger');
select is(
  public.opt_out(pg_temp.person(2), 'text', 'do_not_contact') -> 'cancelled_jobs', '0'::jsonb, 'texts only: a call stays'
);
select is(public.opt_out(pg_temp.person(2), null, 'do_not_contact') -> 'added', '["call"]'::jsonb, 'the rest is added');
select is(public.opt_out('(212) 555-0187', null, 'litigator') ->> 'phone', '+12125550187', 'a number that nobody knows yet, in any spelling');

select throws_ok($$ select public.opt_out('12') $$, 'OB001', null, 'no number');
select throws_ok(
  $$ select public.opt_out('(212) 555-0187 or 212 555 0188') $$, 'OB001', null, 'two, of which only one would be stopped'
);
select lives_ok($$ select public.opt_out('(212) 555-0187 / +1 212-555-0187') $$, 'one that is written twice');
select throws_ok($$ select public.opt_out(null) $$, 'OB001', null, 'none at all');
select throws_ok($$ select public.opt_out(pg_temp.person(3), 'mail') $$, 'OB001', null, 'no channel');
select throws_ok($$ select public.opt_out(pg_temp.person(3), null, 'do_not_text') $$, 'OB001', null, 'a reason that only ServiceTitan gives');
select throws_ok($$ select public.opt_out(pg_temp.person(3), null, null) $$, 'OB001', null, 'no reason');
select throws_ok(
  $$ select public.opt_out(pg_temp.person(3), p_note => repeat('x', 1601)) $$, 'OB001', null, 'a note that the ledger would cut'
);
select throws_ok(
  $$ select public.opt_out('x', 'y', 'z', repeat('x', 1601)) $$, 'OB001', 'The opt-out has 4 problems; the first: This is not a phone number.',
  'everything that is wrong at once'
);
select tests.act_as('vic@acme.example');
select throws_ok($$ select public.opt_out(pg_temp.person(3)) $$, 'OB008', null, 'a viewer may not');
select tests.act_as('eve@other.example');
select throws_ok($$ select public.opt_out(pg_temp.person(3), p_team_id => (select team_id from scene)) $$, 'OB004', null, 'nor a stranger');
select lives_ok($$ select public.opt_out(pg_temp.person(3)) $$, 'who stops it for her own team');
select tests.act_as_superuser();
select is(pg_temp.state(1), 'CANCELLED suppressed_opted_out OPTED_OUT suppressed_opted_out', 'opted out');
select is(pg_temp.state(2), 'CANCELLED suppressed_do_not_contact SUPPRESSED suppressed_do_not_contact', 'not to be contacted');
select is(pg_temp.state(3), 'READY  ACTIVE ', 'and the other team''s stop is not this one''s');
update public.suppressions set reason = 'invalid' where false;
select is(
  (select array_agg(distinct reason order by reason) from public.suppressions), '{do_not_contact,litigator,opted_out}', 'each reason of its own'
);

select * from finish();
rollback;
