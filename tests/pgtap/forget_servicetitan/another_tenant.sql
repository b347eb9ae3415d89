-- Whose ServiceTitan it was is forgotten when another tenant is connected: its customers fill no list, its
-- appointments are not held there. Saving the same account again, and a pause, change nothing.
begin;
select plan(18);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
select tests.connect_providers(id) from team;
create temp table list as select tests.create_list(id, 2) as id from team;
insert into engine.servicetitan_work (team_id, kind, id, was_cancelled)
select t.id, 'job', 7001, false from (select id from team union all select id from other) as t;
insert into engine.servicetitan_watches (team_id, looked_at) select id, engine.now() from team;
create temp table watched as select id from engine.servicetitan_watches;
create temp table named as
select engine.new_list(id, 'Everybody', 'servicetitan', '{"match": {"customer": {"types": ["Residential"]}}}') as id from team;
select tests.connect_holds(team.id), tests.give_appointments(list.id) from team, list;
select tests.connect_holds(id, '4712') from other;
grant select on team, list, named to authenticated, service_role, outbound_worker;
create temp table stored as select engine.store_servicetitan(t.id, 'customers', '[{"id": 1, "name": "Dana Reyes"}]', null, 'c1')
from (select id from team union all select id from other) as t;
create temp table marked as select engine.store_servicetitan(
  id, 'contacts',
  '[{"id": 2, "customer_id": 1, "type": "MobilePhone", "value": "2125550123", "phone_settings": {"do_not_text": true}}]', null, 'k1'
) from team;
select tests.act_as('ann@acme.example');
do $$ begin perform tests.reschedule(id) from list; end $$;
select tests.act_as_superuser();
create temp table held as select c.task_id from engine.claim_tasks('w0', '{hold}', 1) as c;
select tests.quietly($$ select engine.record_hold('w0', task_id, 'unknown'), engine.end_task('w0', task_id, 'done') from held $$);
create temp table run as select engine.queue_refresh(team.id, named.id) as id from team, named;
create temp table begun as select engine.start_refresh(team.id, run.id) from team, run;
create function pg_temp.known(p_team_id uuid) returns text language sql as $$
  select format('%s %s %s %s', (select count(*) from engine.servicetitan_customers where team_id = p_team_id),
    (select count(*) from engine.servicetitan_contacts where team_id = p_team_id),
    (select count(*) from engine.servicetitan_feeds where team_id = p_team_id),
    (select count(*) from engine.servicetitan_catalogue where team_id = p_team_id))
$$;
create function pg_temp.run_ended() returns text language sql as $$
  select concat_ws(' ', r.status, r.failure_code) from public.audience_runs as r inner join run using (id)
$$;

select lives_ok(
  $$ select public.upsert_integration('servicetitan', 'ST', '4711', p_is_sandbox => true, p_team_id => id) from team $$,
  'the same tenant is saved again'
);
update public.integrations set secret_name = 'ST_NEW' where provider = 'servicetitan';
select is(pg_temp.known(id), '1 1 2 2', 'nothing is forgotten') from team;
select is(pg_temp.run_ended(), 'RUNNING', 'a refresh goes on');

select lives_ok(
  $$ select public.upsert_integration('servicetitan', 'ST', '815', p_is_sandbox => true, p_team_id => id) from team $$,
  'another tenant'
);
select is(pg_temp.known(id), '0 0 0 0', 'nothing of the old one is left') from team;
select is(pg_temp.known(id), '1 0 1 2', 'other teams keep theirs') from other;
select is(
  (select array_agg(w.team_id = other.id) from engine.servicetitan_work as w, other)::text || (
    select concat(w.looked_at, engine.store_cancelled(team.id, watched.id, 'job', '{7001}'), w.id = watched.id)
    from engine.servicetitan_watches as w, team, watched
  ), '{t}0f', 'what was asked there says nothing of the jobs here'
);
select is(pg_temp.run_ended(), 'FAILED account_changed', 'a refresh that was under way fails');
select results_eq(
  $$ select distinct status::text, hold_outcome from public.outreach_items $$, $$ values ('HOLD_FAILED', 'not_found') $$,
  'no appointment is held there'
);
select tests.act_as('ann@acme.example');
select is(
  (select public.retry_outreach_items(o.id) -> 'retried' from public.outreaches as o), '0',
  'nor by a retry of one that had failed before'
);
select tests.act_as_superuser();
create function pg_temp.blockers(p_kind public.outreach_kind) returns text[] language sql as $$
  select array(
    select b ->> 'code' from public.audience_lists as l, public.phone_numbers as f,
      jsonb_array_elements(engine.outreach_blockers(l, p_kind, 'call', f.id)) as b
    where l.id = (select id from pg_temp.list) and f.team_id = l.team_id
  )
$$;
select is(pg_temp.blockers('reschedule'), '{list_of_another_account}', 'nor by a launch with the ids of before');
select is(pg_temp.blockers('maintenance'), '{}', 'which holds nothing otherwise');
insert into public.audience_runs (team_id, list_id, list_name, source, status, started_at, ended_at)
select team.id, list.id, 'Refreshed', 'servicetitan', 'SUCCEEDED', engine.now(), engine.now() from team, list;
select is(pg_temp.blockers('reschedule'), '{}', 'until the list is refreshed');
select tests.act_as_superuser();
select is((select count(*) from engine.jobs), 0::bigint, 'and nobody is called');
create temp table task as select c.task_id as id from engine.claim_tasks('w1', '{hold}', 50) as c;
grant select on task to outbound_worker;
select tests.act_as_role('outbound_worker');
select is((select array_agg(distinct h.step) from task as t, engine.begin_hold('w1', t.id) as h), '{done}', 'whoever takes one up is told so');
select tests.act_as_superuser();
select is(
  (select format('%s %s', phone, reason) from public.suppressions), '+12125550123 do_not_text', 'who must not be texted still must not'
);

create temp table again as select engine.store_servicetitan(id, 'customers', '[{"id": 1, "name": "Sam Lee"}]', null, 'c1') from team;
select lives_ok(
  $$ select public.upsert_integration('servicetitan', 'ST', '815', p_is_sandbox => false, p_team_id => id) from team $$,
  'the sandbox gives way to the real one'
);
select is(pg_temp.known(id), '0 0 0 0', 'nobody of the sandbox is left') from team;

select * from finish();
rollback;
