-- A team's own words stop and start its texts, beside everybody's, which they can't take away.
begin;
select plan(24);
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
select tests.add_member(id, 'olga@acme.example', 'operator') from team;
grant select on team, other to public;
create function pg_temp.own(p_answer jsonb) returns text[] language sql as $$
  select array_agg(format('%s %s %s', p ->> 'phrase', p ->> 'action', p ->> 'is_whole_message') order by p ->> 'phrase')
  from jsonb_array_elements(p_answer -> 'phrases') as p
$$;

select tests.act_as('olga@acme.example');
select throws_ok($$ select public.set_team_phrases('["Basta"]') $$, 'OB008', null, 'an operator may not');
select tests.act_as('ann@acme.example');
select is(
  pg_temp.own(public.set_team_phrases('["Basta!", "we moved  AWAY", {"phrase": "send offers", "action": "opt_in"}, {"phrase": "enough", "is_whole_message": false}]')),
  '{"basta opt_out true","enough opt_out false","send offers opt_in true","we moved away opt_out false"}', 'a word alone, a phrase anywhere, written as people do'
);
select is(jsonb_array_length(public.get_team_phrases() -> 'standard') > 50, true, 'everybody''s are shown too');
select throws_ok($$ select public.set_team_phrases('[""]') $$, 'OB001', null, 'empty');
select throws_ok($$ select public.set_team_phrases('["!!!"]') $$, 'OB001', null, 'no words');
select throws_ok($$ select public.set_team_phrases(jsonb_build_array(repeat('x', 101))) $$, 'OB001', null, 'too long');
select throws_ok($$ select public.set_team_phrases('["a", "A."]') $$, 'OB001', null, 'twice');
select throws_ok($$ select public.set_team_phrases('[{"phrase": "Stop", "action": "opt_in"}]') $$, 'OB001', null, 'not against everybody''s');
select throws_ok($$ select public.set_team_phrases('["start"]') $$, 'OB001', null, 'in neither direction');
select throws_ok($$ select public.set_team_phrases('[{"phrase": "please stop not", "action": "opt_in"}]') $$, 'OB001', null, 'nor around one');
select throws_ok($$ select public.set_team_phrases('[{"phrase": "yes please", "action": "opt_in", "is_whole_message": false}]') $$, 'OB001', null, 'to start takes a whole message');
select throws_ok($$ select public.set_team_phrases('[{"phrase": "a", "action": "mute"}]') $$, 'OB001', null, 'no action');
select throws_ok($$ select public.set_team_phrases('[1, {"phrase": {}}, {"phrase": "a", "is_whole_message": "x"}, null]') $$, 'OB001', 'The phrases has 4 problems; the first: A phrase is a text, or {"phrase": "…", "action": "opt_out", "is_whole_message": true}.', 'anything else, all at once');
select throws_ok($$ select public.set_team_phrases('{}') $$, 'OB001', null, 'no list');
select throws_ok($$ select public.set_team_phrases(null) $$, 'OB001', null, 'nothing');
select throws_ok($$ select public.set_team_phrases((select jsonb_agg('w' || n) from generate_series(1, 501) as n)) $$, 'OB009', null, 'too many');
select is(cardinality(pg_temp.own(public.get_team_phrases())), 4, 'what is refused changes nothing');
select is((select count(*) from public.team_phrases), 4::bigint, 'members see them');

select tests.act_as_superuser();
select is(engine.read_consent('I said basta', id), null, 'a whole message is meant') from team;
select is(engine.read_consent('BASTA.', id), 'opt_out', 'a word of the team''s') from team;
select is(engine.read_consent('sorry, we moved away!', id), 'opt_out', 'a phrase of the team''s') from team;
select is(engine.read_consent('BASTA.', id), null, 'is nothing to others') from other;
select is(engine.read_consent('Send offers', id), 'opt_in', 'and starts again') from team;
select tests.act_as('ann@acme.example');
select is(public.set_team_phrases('[]') -> 'phrases', '[]'::jsonb, 'an empty list removes them all');

select * from finish();
rollback;
