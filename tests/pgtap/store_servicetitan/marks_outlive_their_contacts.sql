-- doNotText holds for a number until ServiceTitan takes the mark back. That a contact is deleted, or comes
-- deleted, says nothing about whether its number may be texted.
begin;
select plan(7);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
grant select on team to outbound_worker;
create function pg_temp.contact(p_id integer, p_last text, p_is_marked boolean, p_is_active boolean, p_hour integer) returns jsonb
language sql as $$
  select jsonb_build_object(
    'id', p_id, 'active', p_is_active, 'modified_on', '2027-03-01T00:00:00Z'::timestamptz + make_interval(hours => p_hour),
    'customer_id', 1, 'type', 'MobilePhone', 'value', '21255501' || p_last,
    'phone_settings', jsonb_build_object('do_not_text', p_is_marked)
  )
$$;
create function pg_temp.store(variadic p_records jsonb[]) returns text language sql as $$
  select engine.store_servicetitan(t.id, 'contacts', to_jsonb(p_records), null, null) from team as t
$$;
create function pg_temp.stopped() returns text[] language sql as $$
  select array_agg(right(s.phone, 2) order by s.phone)
  from public.suppressions as s where s.channel = 'text' and s.reason = 'do_not_text'
$$;

select pg_temp.store(pg_temp.contact(1, '21', true, true, 0), pg_temp.contact(2, '22', true, false, 0), pg_temp.contact(3, '23', false, true, 0));
select is(pg_temp.stopped(), '{21,22}', 'marked, in use or deleted: not texted');
select pg_temp.store(pg_temp.contact(1, '21', true, false, 1));
select is(pg_temp.stopped(), '{21,22}', 'deleting a contact lifts nothing');
select is((select count(*) from public.consent_events where action = 'opt_in'), 0::bigint, 'and is no consent');
select pg_temp.store(pg_temp.contact(4, '21', false, true, 2));
select is(pg_temp.stopped(), '{21,22}', 'nor does another contact without the mark');
select pg_temp.store(pg_temp.contact(1, '21', false, false, 3));
select is(pg_temp.stopped(), '{22}', 'taking the mark back does');
select is((select count(*) from public.consent_events where action = 'opt_in'), 1::bigint, 'and is told');
select pg_temp.store(pg_temp.contact(1, '21', true, true, 1));
select is(pg_temp.stopped(), '{22}', 'a row that comes late changes nothing');

select * from finish();
rollback;
