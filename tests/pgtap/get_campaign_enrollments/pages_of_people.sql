begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 5) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;
update public.contacts set first_name = 'Zoë', last_name = 'Ferrar' where id = (select max(id::text)::uuid from public.contacts);
select tests.act_as_role('anon');
select throws_ok('select public.get_campaign_enrollments(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@other.example');
select throws_ok('select public.get_campaign_enrollments(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as('admin@acme.example');
select is(public.get_campaign_enrollments(id), '{"items": [], "next_cursor": null}', 'nobody before the launch') from campaign;
select tests.quietly('select public.launch_campaign(id) from campaign');
select is(
  (select item - 'id' - 'contact_id' - 'last_job' - 'phone' from campaign, lateral (
    select public.get_campaign_enrollments(id, p_search => 'ferr') #> '{items,0}' as item
  ) as i),
  '{"first_name": "Zoë", "last_name": "Ferrar", "status": "ACTIVE", "reason_code": null, "booked_at": null, "retries_left": 10,
    "reached_at": null, "booked_node_id": null, "booking": null, "retry_count": 0, "enrolled_at": "2027-03-01T17:00:00+00:00", "ended_at": null,
    "next_due_at": "2027-03-01T17:00:00+00:00"}'::jsonb, 'one by her name, with what is next'
);
select tests.act_as_superuser();
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 1)));
grant select on begun to public;
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_build_array(jsonb_build_object(
    'attempt_id', b.attempt_id, 'verdict', 'refused', 'code', 'invalid-number'
  ))) from begun as b
$$);
select tests.act_as('admin@acme.example');
create temp table failed as
select public.get_campaign_enrollments(id, p_status => 'FAILED') as answer from campaign;
select is(jsonb_array_length(answer -> 'items'), 1, 'by status') from failed;
select is(
  (answer #> '{items,0,last_job}') - 'finished_at' - 'reason_code' - 'outcome', jsonb_build_object(
    'id', job_id, 'node_id', 'call', 'label', 'First call', 'channel', 'call', 'visit', 1, 'status', 'FAILED',
    'attempt_count', 1, 'dispatched_at', null
  ), 'with the last job'
) from failed, begun;
select is(answer #> '{items,0,next_due_at}', 'null', 'and nothing to come') from failed;
select is(
  jsonb_array_length(public.get_campaign_enrollments(id, p_reason_code => answer #>> '{items,0,reason_code}') -> 'items'), 1,
  'by reason'
) from campaign, failed;
select is(
  public.get_campaign_enrollments(id, p_search => right(answer #>> '{items,0,phone}', 7)) #>> '{items,0,phone}',
  answer #>> '{items,0,phone}', 'by phone'
) from campaign, failed;
create temp table page as select public.get_campaign_enrollments(id, p_limit => 3) as one from campaign;
select is(jsonb_array_length(one -> 'items'), 3, 'a page is as long as asked for') from page;
create temp table next_page as
select public.get_campaign_enrollments(id, p_limit => 3, p_cursor => one ->> 'next_cursor') as two from campaign, page;
select is(
  (select count(distinct i ->> 'id') from page, next_page, jsonb_array_elements((one -> 'items') || (two -> 'items')) as i),
  5::bigint, 'and the next one has the rest'
);
select is(two -> 'next_cursor', 'null', 'after which there is none') from next_page;
select throws_ok('select public.get_campaign_enrollments(id, ''LOST'') from campaign', 'OB001', null, 'statuses are known');
select throws_ok('select public.get_campaign_enrollments(id, p_limit => 1001) from campaign', 'OB009', null, 'pages are bounded');
select is(
  jsonb_array_length(public.get_campaign_enrollments(id, p_search => 'nobody-like-this') -> 'items'), 0, 'nobody is nobody'
) from campaign;

-- What has ended long ago is in the history.
select tests.act_as_superuser();
select tests.set_clock('2027-06-01 12:00-04');
select tests.quietly('select engine.archive_finished()');
select is_empty($$select from engine.jobs where status = 'FAILED'$$, 'her job is moved');
select tests.act_as('admin@acme.example');
select is(
  public.get_campaign_enrollments(id, p_status => 'FAILED') -> 'items' -> 0, answer -> 'items' -> 0, 'and told as before'
) from campaign, failed;

select * from finish();
rollback;
