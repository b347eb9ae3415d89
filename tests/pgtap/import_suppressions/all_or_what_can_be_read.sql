-- A do-not-contact list: checked as a whole, stored at once, and the same list again changes nothing.
begin;
select plan(22);
select tests.set_clock('2027-03-01 12:00-05');
create temp table scene as select t as team_id, tests.create_campaign(t, 3) as campaign_id
from tests.create_team('Acme', 'ann@acme.example') as t;
select tests.add_member(team_id, 'olga@acme.example', 'operator') from scene;
create temp table people as select phone, row_number() over (order by phone) as n from public.contacts;
grant select on scene, people to public;
create function pg_temp.person(p_n integer) returns text language sql as $$ select phone from people where n = p_n $$;
create function pg_temp.counts(p_answer jsonb) returns jsonb language sql as $$
  select p_answer - '{team_id, reason, issues, dry_run}'::text[]
$$;
create function pg_temp.problems(p_answer jsonb) returns text[] language sql as $$
  select array_agg(concat_ws(' ', i ->> 'row', i ->> 'column', i ->> 'code', i ->> 'value') order by n)
  from jsonb_array_elements(p_answer -> 'issues') with ordinality as t (i, n)
$$;
do $$ begin perform public.launch_campaign(campaign_id) from scene; end $$;
create temp table lists as select
  jsonb_build_array(
    pg_temp.person(1), jsonb_build_object('phone', pg_temp.person(2), 'channel', 'text', 'note', 'wrote to us'),
    jsonb_build_object('phone', '(212) 555-0190'), '+1 212-555-0190', 2125550191, '212-555-0192 / 212-555-0193'
  ) as good,
  '["12", {"phone": "2125550191", "channel": "mail"}, {"channel": "fax"}, true, {"phone": "2125550194"}, []]'::jsonb as bad;
grant select on lists to public;

select tests.act_as('olga@acme.example');
select throws_ok($$ select public.import_suppressions(good) from lists $$, 'OB008', null, 'an operator may not');
select tests.act_as('ann@acme.example');
select is(
  pg_temp.counts(public.import_suppressions(good, p_dry_run => true)),
  '{"rows": 6, "numbers": 6, "new": 6, "known": 0, "cancelled_jobs": 1, "rejected": 0}', 'what it would do'
) from lists;
select is((select count(*) from public.suppressions), 0::bigint, 'and did not');
select is(
  pg_temp.counts(public.import_suppressions(good)),
  '{"rows": 6, "numbers": 6, "new": 6, "known": 0, "cancelled_jobs": 1, "rejected": 0}', 'what it does'
) from lists;
select is(
  (select array_agg(format('%s %s', right(phone, 2), channel) order by phone, channel) from public.suppressions where phone like '%555019%'),
  '{"90 call","90 text","91 call","91 text","92 call","92 text","93 call","93 text"}', 'both channels, every number of a cell'
);
select is(
  (select array_agg(format('%s %s %s', channel, source, words)) from public.consent_events where phone = pg_temp.person(2)),
  '{"text import wrote to us"}', 'one channel where the row says so, with its note'
);
select is((select count(*) from public.consent_events), 11::bigint, 'each once in the ledger');
select is(
  pg_temp.counts(public.import_suppressions(good)),
  '{"rows": 6, "numbers": 6, "new": 0, "known": 6, "cancelled_jobs": 0, "rejected": 0}', 'again: all known'
) from lists;
select is((select count(*) from public.consent_events), 11::bigint, 'and nothing more in the ledger');
select is(
  pg_temp.counts(public.import_suppressions(good, 'litigator')) -> 'new', '6'::jsonb, 'another reason is another thing'
) from lists;

select is(
  pg_temp.problems(public.import_suppressions(bad, p_dry_run => true)),
  '{"1 phone phone_too_short 12","2 channel channel_unknown mail","3 channel channel_unknown fax","3 phone phone_missing","4 row_malformed","6 row_malformed"}',
  'every problem of every row'
) from lists;
select throws_ok($$ select public.import_suppressions(bad) from lists $$, 'OB001', null, 'bad rows refuse the list');
select is((select count(*) from public.suppressions where phone = '+12125550194'), 0::bigint, 'as a whole');
create temp table partial as select public.import_suppressions(bad, p_partial => true) as p from lists;
select is(
  pg_temp.counts(p), '{"rows": 6, "numbers": 1, "new": 1, "known": 0, "cancelled_jobs": 0, "rejected": 5}', 'unless the others are wanted'
) from partial;
select is(cardinality(pg_temp.problems(p)), 6, 'and are told') from partial;
select is((select count(*) from public.suppressions where phone = '+12125550194'), 2::bigint, 'one is stored');

select throws_ok($$ select public.import_suppressions('[]') $$, 'OB001', null, 'no rows');
select throws_ok($$ select public.import_suppressions(null) $$, 'OB001', null, 'none at all');
select throws_ok($$ select public.import_suppressions('{"phone": "2125550194"}') $$, 'OB001', null, 'no list');
select throws_ok($$ select public.import_suppressions('["2125550194"]', 'do_not_service') $$, 'OB001', null, 'a reason of ServiceTitan''s');
select throws_ok($$ select public.import_suppressions('["2125550194"]', p_channel => 'x') $$, 'OB001', null, 'no channel');
select throws_ok(
  $$ select public.import_suppressions((select jsonb_agg(n) from generate_series(1, 20001) as n)) $$, 'OB009', null, 'too many for one call'
);

select * from finish();
rollback;
