-- doNotService stops every number of the customer on both channels, whatever list has it and in whatever
-- order the feeds come; it follows merges, and lifts when ServiceTitan takes the mark back.
begin;
select plan(19);
select tests.set_clock('2027-03-01 12:00-05');
create temp table scene as select t as team_id, tests.create_campaign(t, 1) as campaign_id
from tests.create_team('Acme', 'ann@acme.example') as t;
grant select on scene to public;
create function pg_temp.customer(p_id integer, p_is_marked boolean, p_hour integer, p_merged_to integer default null) returns jsonb
language sql as $$
  select jsonb_build_object(
    'id', p_id, 'name', 'Dana', 'do_not_service', p_is_marked, 'merged_to_id', p_merged_to,
    'modified_on', '2027-03-01T00:00:00Z'::timestamptz + make_interval(hours => p_hour)
  )
$$;
create function pg_temp.contact(p_id integer, p_customer_id integer, p_value text, p_hour integer default 0) returns jsonb language sql as $$
  select jsonb_build_object(
    'id', p_id, 'customer_id', p_customer_id, 'type', 'Phone', 'value', p_value,
    'modified_on', '2027-03-01T00:00:00Z'::timestamptz + make_interval(hours => p_hour)
  )
$$;
create function pg_temp.store(p_feed text, variadic p_records jsonb[]) returns text language sql as $$
  select engine.store_servicetitan(team_id, p_feed, to_jsonb(p_records), null, null) from scene
$$;
create function pg_temp.stopped() returns text[] language sql as $$
  select array_agg(distinct right(s.phone, 2) order by right(s.phone, 2))
  from public.suppressions as s where s.reason = 'do_not_service'
$$;
do $$ begin perform public.launch_campaign(campaign_id) from scene; end $$;
create temp table person as select phone from public.contacts;

do $$ begin
  perform pg_temp.store('customers', pg_temp.customer(1, true, 0), pg_temp.customer(2, false, 0));
  perform pg_temp.store('contacts', pg_temp.contact(11, 1, '2125550121'), pg_temp.contact(12, 1, '2125550122'), pg_temp.contact(21, 2, '2125550123'));
end $$;
select is(pg_temp.stopped(), '{21,22}', 'every number of a marked customer');
select is((select array_agg(channel order by channel) from public.suppressions where phone like '%21'), '{call,text}', 'on both channels');
select is((select count(*) from public.consent_events where source = 'servicetitan'), 4::bigint, 'told in the ledger');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(1, true, 1)); end $$;
select is((select count(*) from public.consent_events), 4::bigint, 'once');

do $$ begin perform pg_temp.store('contacts', pg_temp.contact(31, 3, (select phone from person))); end $$;
select is((select status::text from engine.jobs), 'READY', 'somebody of a list from a file is to be called');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(3, true, 0)); end $$;
select is((select concat_ws(' ', status, reason_code) from engine.jobs), 'CANCELLED suppressed_do_not_service', 'until she turns out to be marked');
select is((select status::text from engine.enrollments), 'SUPPRESSED', 'and that is why she is not');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(3, false, 1)); end $$;
select is((select count(*) from public.suppressions where phone = (select phone from person)), 0::bigint, 'the mark is taken back');
select is(
  (select array_agg(distinct concat_ws(' ', action, reason)) from public.consent_events where phone = (select phone from person)),
  '{"opt_in do_not_service","opt_out do_not_service"}', 'as the ledger says'
);
do $$ begin perform pg_temp.store('customers', pg_temp.customer(3, true, 0)); end $$;
select is(pg_temp.stopped(), '{21,22}', 'a record that comes late changes nothing');

do $$ begin perform pg_temp.store('contacts', pg_temp.contact(22, 2, '2125550121')); end $$;
select is(pg_temp.stopped(), '{21,22}', 'a number that two have');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(1, false, 2)); end $$;
select is(pg_temp.stopped(), null, 'one of them not marked any more, the other never was');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(2, true, 2)); end $$;
select is(pg_temp.stopped(), '{21,23}', 'the other is');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(1, false, 3, 2)); end $$;
select is(pg_temp.stopped(), '{21,22,23}', 'who is merged into a marked customer is marked');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(2, false, 3)); end $$;
select is(pg_temp.stopped(), null, 'and lives on unmarked with that one');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(4, true, 0, 5)); end $$;
do $$ begin perform pg_temp.store('contacts', pg_temp.contact(41, 4, '2125550124')); end $$;
select is(pg_temp.stopped(), '{24}', 'merged into nobody that we know: the own mark counts');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(5, false, 0)); end $$;
select is(pg_temp.stopped(), null, 'until it is known');
do $$ begin perform pg_temp.store('customers', pg_temp.customer(5, false, 1, 4)); end $$;
select is(pg_temp.stopped(), '{24}', 'a circle is nobody''s: any mark counts');
do $$ begin perform pg_temp.store('contacts', pg_temp.contact(41, 4, '2125550125', 1)); end $$;
select is(pg_temp.stopped(), '{25}', 'another number of hers instead');

select * from finish();
rollback;
