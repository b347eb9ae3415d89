-- Failed holds are listed with what can be done, and tried again only where that can help.
begin;
select plan(26);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.connect_providers(id) from team;
create temp table list as select tests.create_list(id, 5) as id from team;
select tests.connect_holds(team.id), tests.give_appointments(list.id) from team, list;
select tests.add_member(id, 'vic@acme.example', 'viewer') from team;
select tests.create_team('Other', 'eve@other.example');
insert into engine.servicetitan_catalogue (team_id, kind, id, name, is_active) select id, 'hold_reasons', '502', 'Weather', true from team;
grant select on team, list to authenticated;
select tests.act_as('ann@acme.example');
create temp table outreach as select (tests.reschedule(id) ->> 'outreach_id')::uuid as id from list;
select tests.act_as_superuser();
create function pg_temp.hold(p_outcomes text[]) returns bigint language sql volatile as $$
  with said as (
    select engine.record_hold('w1', c.task_id, p_outcomes[c.n]) as status, engine.end_task('w1', c.task_id, 'done')
    from (
      select k.task_id, row_number() over (order by i.phone) as n
      from engine.claim_tasks('w1', '{hold}', 50) as k inner join public.outreach_items as i on k.subject_id = i.id
    ) as c
  )
  select count(*) from said
$$;
select is(pg_temp.hold('{held,unknown,rate_limited,reason_inactive,not_found}'), 5::bigint, 'five holds, one went well');
grant select on outreach to authenticated;

select tests.act_as('eve@other.example');
select throws_ok('select public.get_outreach_items(id) from outreach', 'OB004', null, 'another team''s is not found');
select throws_ok('select public.retry_outreach_items(id) from outreach', 'OB004', null, 'by a retry either');
select tests.act_as('vic@acme.example');
select throws_ok('select public.retry_outreach_items(id) from outreach', 'OB008', null, 'a viewer may not retry');
select is(
  public.get_outreach_items(id) -> 'counts',
  '{"items": 5, "holding": 0, "hold_failed": 4, "can_retry": 2, "enrolled": 1, "cancelled": 0}'::jsonb, 'but may look'
) from outreach;
select results_eq(
  $$ select i -> 'hold' ->> 'code', (i -> 'hold' -> 'can_retry')::boolean, i -> 'hold' ->> 'message' <> ''
    from outreach, jsonb_array_elements(public.get_outreach_items(id, 'HOLD_FAILED') -> 'items') as i order by 1 $$,
  $$ values ('not_found', false, true), ('rate_limited', true, true), ('reason_inactive', false, true), ('unknown', true, true) $$,
  'each with its code, its sentence and whether a retry can help'
);
select is(jsonb_array_length(public.get_outreach_items(id, p_outcome => 'unknown') -> 'items'), 1, 'by outcome') from outreach;
select is(public.get_outreach_items(id, p_outcome => 'held') -> 'items' -> 0 -> 'enrollment' ->> 'status', 'ACTIVE', 'with the enrollment') from outreach;
select throws_ok($$ select public.get_outreach_items(id, 'LOST') from outreach $$, 'OB001', null, 'statuses are known');
select throws_ok($$ select public.get_outreach_items(id, p_outcome => 'lost') from outreach $$, 'OB001', null, 'and outcomes');
create temp table page as select public.get_outreach_items(id, p_limit => 2) as one from outreach;
select is(
  (select count(distinct i ->> 'id') from outreach, page, lateral (
    select page.one union all select public.get_outreach_items(outreach.id, p_limit => 3, p_cursor => page.one ->> 'next_cursor')
  ) as p (answer), jsonb_array_elements(p.answer -> 'items') as i),
  5::bigint, 'pages follow each other'
);
select is(public.list_outreaches(list.id) -> 'items' -> 0 -> 'counts' ->> 'hold_failed', '4', 'the list of outreaches tells it too') from list;

select tests.act_as('ann@acme.example');
select throws_ok('select public.retry_outreach_items(id, p_hold_reason_id => 505) from outreach', 'OB001', null, 'another reason must be active');
select is(
  public.retry_outreach_items(outreach.id, array(select i.id from public.outreach_items as i where i.hold_outcome in ('held', 'not_found'))) ->> 'retried',
  '0', 'what a retry can''t help is left alone'
) from outreach;
select is(
  public.retry_outreach_items(outreach.id, array(select i.id from public.outreach_items as i where i.hold_outcome = 'unknown')) ->> 'retried',
  '1', 'one by its id'
) from outreach;
select is(public.retry_outreach_items(id) ->> 'retried', '1', 'then the rest') from outreach;
select is(public.retry_outreach_items(id) ->> 'retried', '0', 'once') from outreach;
select tests.act_as_superuser();
select is((select count(*) from engine.tasks where status = 'READY'), 2::bigint, 'two holds are queued again');
select is(pg_temp.hold('{already_held,unknown}'), 2::bigint, 'one goes well, one does not');
select is((select count(*) from engine.enrollments), 2::bigint, 'and one more is contacted');

-- after the campaign has completed
update engine.jobs set status = 'CANCELLED', finished_at = engine.now(), reason_code = 'test' where status = 'READY';
update engine.enrollments set status = 'COMPLETED', reason_code = 'test', ended_at = engine.now();
do $$ begin perform engine.tick(); end $$;
select is((select status::text from public.campaigns), 'COMPLETED', 'failed holds keep no campaign open');
select tests.act_as('ann@acme.example');
select is(public.retry_outreach_items(id, p_hold_reason_id => 502) ->> 'retried', '2', 'with another reason those that lacked one go too') from outreach;
select results_eq(
  $$ select c.status::text, c.kind::text from public.campaigns as c order by c.id $$,
  $$ values ('ACTIVE', 'outreach') $$, 'and the campaign runs again'
);
select tests.act_as_superuser();
do $$ begin perform engine.tick(); end $$;
select is((select count(*) from public.campaigns where status = 'ACTIVE'), 1::bigint, 'which waits for the holds');
select is(pg_temp.hold('{held,held}'), 2::bigint, 'they go well');
select results_eq(
  $$ select count(*), count(distinct e.contact_id), count(distinct e.campaign_id) from engine.enrollments as e $$,
  $$ values (4::bigint, 4::bigint, 1::bigint) $$, 'each customer is contacted once, all by one campaign'
);

select * from finish();
rollback;
