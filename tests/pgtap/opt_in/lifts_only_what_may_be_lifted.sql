-- A person's own opt-out is lifted; what the team or a list decided only by its name and with a note; what
-- ServiceTitan says not at all.
begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.add_member(id, 'olga@acme.example', 'operator') from team;
insert into public.suppressions (team_id, phone, channel, reason, source)
select team.id, '+12125550123', c.channel, r.reason, 'test'
from team
cross join unnest('{call,text}'::public.contact_channel[]) as c (channel)
cross join unnest('{opted_out,do_not_contact,invalid,litigator,do_not_service}'::text[]) as r (reason);
create function pg_temp.still() returns text[] language sql as $$
  select array_agg(distinct concat_ws(' ', reason, case when reason = 'opted_out' then channel end)) from public.suppressions
$$;

select tests.act_as('olga@acme.example');
select throws_ok($$ select public.opt_in('2125550123') $$, 'OB008', null, 'an operator may not');
select tests.act_as('ann@acme.example');
select is(public.opt_in('212-555-0123', 'text') -> 'lifted', '["text"]', 'one channel');
select is(pg_temp.still(), '{do_not_contact,do_not_service,invalid,litigator,"opted_out call"}', 'her own opt-out of texts, nothing else');
select is(public.opt_in('212-555-0123', p_note => 'She wrote to us.') -> 'lifted', '["call"]', 'then the other');
select is(pg_temp.still(), '{do_not_contact,do_not_service,invalid,litigator}', 'the team''s reasons stay');
select is(
  (select jsonb_agg(distinct s -> 'reason') from jsonb_array_elements(public.opt_in('212-555-0123') -> 'suppressions') as s),
  '["do_not_contact", "do_not_service", "invalid", "litigator"]', 'and are told'
);
select is(
  (select array_agg(format('%s %s %s %s', channel, action, reason, words) order by channel desc) from public.consent_events),
  '{"text opt_in opted_out ","call opt_in opted_out She wrote to us."}', 'the ledger has what was lifted, once'
);
select throws_ok($$ select public.opt_in('2125550123', null, 'do_not_contact') $$, 'OB001', null, 'by name alone it is not lifted');
select throws_ok($$ select public.opt_in('2125550123', null, 'litigator', '  ') $$, 'OB001', null, 'nor with an empty note');
select is(public.opt_in('2125550123', null, 'do_not_contact', 'Wrong list.') -> 'lifted', '["call", "text"]', 'with a note it is');
select is(pg_temp.still(), '{do_not_service,invalid,litigator}', 'and no other');
select is(public.opt_in('2125550123', null, 'litigator', 'Settled, says our counsel.') -> 'lifted', '["call", "text"]', 'a litigator, said so');
select throws_ok(
  $$ select public.opt_in('2125550123', null, 'do_not_service', 'Please') $$, 'OB001',
  'The opt-in: ServiceTitan says so: take the mark back there, and this follows.', 'what ServiceTitan says is lifted there'
);
select throws_ok($$ select public.opt_in('2125550123', null, 'nonsense', 'x') $$, 'OB001', null, 'no such reason');
select throws_ok($$ select public.opt_in('x', 'y') $$, 'OB001', null, 'no number, no channel');
select is(pg_temp.still(), '{do_not_service,invalid}', 'what was not named stays');
select tests.act_as_superuser();
select is((select count(*) from public.consent_events where user_id is null), 0::bigint, 'every entry says who made it');

select * from finish();
rollback;
