-- The ledger of a number with what stops it now, newest first, page by page; without a number the team's.
begin;
select plan(12);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.add_member(id, 'vic@acme.example', 'viewer') from team;
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
-- ids are ordered by the millisecond, so each of these gets one of its own
do $$ begin
  perform public.opt_out('2125550123', 'text', p_note => 'Wrote STOP to our office.'), pg_sleep(0.002);
  perform public.opt_in('2125550123', 'text', p_note => 'Asked for offers.'), pg_sleep(0.002);
  perform public.opt_out('2125550123', 'call', 'do_not_contact'), pg_sleep(0.002);
  perform public.opt_out('2125550124', 'call');
end $$;
create function pg_temp.told(p_page jsonb) returns text[] language sql as $$
  select array_agg(format('%s %s %s %s', right(i ->> 'phone', 2), i ->> 'action', i ->> 'reason', i ->> 'channel') order by n)
  from jsonb_array_elements(p_page -> 'items') with ordinality as t (i, n)
$$;

select tests.act_as('vic@acme.example');
create temp table history as select public.get_consent_history('(212) 555-0123') as h;
grant select on history to public;
select is(pg_temp.told(h), '{"23 opt_out do_not_contact call","23 opt_in opted_out text","23 opt_out opted_out text"}', 'newest first') from history;
select is(h ->> 'phone', '+12125550123', 'of that number') from history;
select is(
  (select jsonb_agg(s - '{since, meaning}'::text[]) from history, jsonb_array_elements(h -> 'suppressions') as s),
  '[{"channel": "call", "reason": "do_not_contact", "source": "operator", "words": null, "lifted_by": "admin"}]', 'what stops it now'
);
select is(h #>> '{items,1,words}', 'Asked for offers.', 'in what words') from history;
select is((h #>> '{items,0,occurred_at}')::timestamptz, '2027-03-01 12:00-05'::timestamptz, 'when') from history;
create temp table first_page as select public.get_consent_history('2125550123', 2) as h;
select is(pg_temp.told(h), '{"23 opt_out do_not_contact call","23 opt_in opted_out text"}', 'a page') from first_page;
select is(
  pg_temp.told(public.get_consent_history('2125550123', 2, h ->> 'next_cursor')), '{"23 opt_out opted_out text"}', 'and the next'
) from first_page;
select is(public.get_consent_history('2125550123', 3) -> 'next_cursor', 'null'::jsonb, 'the last says so');
select is(cardinality(pg_temp.told(public.get_consent_history())), 4, 'without a number all of the team''s');
select throws_ok($$ select public.get_consent_history('12') $$, 'OB001', null, 'no number');
select throws_ok($$ select public.get_consent_history('2125550123', 5, 'garbage') $$, 'OB001', null, 'no cursor');
select tests.act_as('eve@other.example');
select is(public.get_consent_history('2125550123') - 'team_id', '{"phone": "+12125550123", "items": [], "next_cursor": null, "suppressions": []}', 'another team knows nothing of it');

select * from finish();
rollback;
