-- Each exclusion leaves out whom it names, nobody else, and says why; an import keeps the reason by row.
begin;
select plan(31);
select tests.set_clock('2027-03-01 12:00-05');
create temp table scene as select t as team_id, tests.create_campaign(t, 6) as campaign_id
from tests.create_team('Acme', 'ann@acme.example') as t;
create temp table people as
select id, phone, row_number() over (order by phone) as n from public.contacts;
grant select on scene, people to public;
create function pg_temp.candidates()
returns engine.candidate[]
language sql
as $$
  select array_agg((p.n, c.id, c.phone, c.servicetitan_customer_id)::engine.candidate)
  from people as p
  inner join public.contacts as c on p.id = c.id
$$;
create function pg_temp.left_out(p_exclusions jsonb)
returns text[]
language sql
as $$
  select array_agg(e.ordinal || ' ' || e.reason order by e.ordinal)
  from engine.find_exclusions((select team_id from scene), p_exclusions, pg_temp.candidates()) as e
$$;
create function pg_temp.person(p_n integer)
returns people
language sql
as $$ select * from people where n = p_n $$;

select is(pg_temp.left_out('{}'), null, 'nobody');
select is(
  pg_temp.left_out(jsonb_build_object('phones', array[(pg_temp.person(2)).phone, '+12125550199'])), '{"2 excluded_phone"}', 'a number'
);

-- Another list.
create temp table other as select tests.create_list((select team_id from scene), 1, 5000) as id;
insert into public.audience_members (team_id, list_id, contact_id)
select team_id, (select id from other), (pg_temp.person(3)).id from scene;
select is(
  pg_temp.left_out(jsonb_build_object('list_ids', array[(select id from other)])), '{"3 excluded_in_list"}', 'a member of another list'
);

-- A tag of the customer, or of the one that the customer was merged into.
update public.contacts set servicetitan_customer_id = 100 + p.n from people as p where contacts.id = p.id and p.n in (1, 5, 6);
insert into engine.servicetitan_customers (team_id, id, tag_ids, do_not_service, is_active, merged_to_id)
select team_id, v.id, v.tag_ids, false, true, v.merged_to_id
from scene cross join (values (101, '{7,8}'::bigint[], null), (105, '{}', 101), (106, '{9}', null)) as v (id, tag_ids, merged_to_id);
select is(pg_temp.left_out('{"tags": [8, 3]}'), '{"1 excluded_tag","5 excluded_tag"}', 'a customer with a tag');
select is(pg_temp.left_out('{"tags": [3]}'), null, 'and none without');
-- From here on they are two.
update engine.servicetitan_customers set merged_to_id = null;

-- Campaigns and bookings.
insert into engine.enrollments (team_id, campaign_id, contact_id, phone, status, reason_code, retries_left, booked_at, ended_at)
select team_id, campaign_id, p.id, p.phone, 'BOOKED', 'booked', 0, engine.now() - interval '40 days', engine.now()
from scene cross join pg_temp.person(4) as p;
insert into engine.enrollments (team_id, campaign_id, contact_id, phone, retries_left)
select team_id, campaign_id, p.id, p.phone, 0 from scene cross join pg_temp.person(5) as p;
select is(
  pg_temp.left_out(jsonb_build_object('campaign_ids', array[(select campaign_id from scene)])),
  '{"4 excluded_in_campaign","5 excluded_in_campaign"}', 'whoever is in a campaign'
);
select is(pg_temp.left_out('{"booked_within": "P41D"}'), '{"4 excluded_booked"}', 'who booked within a time');
select is(pg_temp.left_out('{"booked_within": "P39D"}'), null, 'not before it');
select is(pg_temp.left_out('{"already_booked": true}'), '{"4 excluded_booked"}', 'whoever booked, ever');
select is(pg_temp.left_out('{"already_booked": true, "booked_within": "P39D"}'), '{"4 excluded_booked"}', 'whichever says more');

-- Calls and texts.
create function pg_temp.attempt(p_n integer, p_channel public.contact_channel, p_status public.attempt_status, p_age interval)
returns void
language sql
as $$
  with enrollment as (
    insert into engine.enrollments as e (team_id, campaign_id, contact_id, phone, retries_left)
    select team_id, campaign_id, p.id, p.phone, 0 from scene cross join pg_temp.person(p_n) as p
    on conflict on constraint enrollments_once_per_campaign do update set retries_left = 0
    returning e.*
  ),

  job as (
    insert into engine.jobs (
      team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, contact_id, phone, integration_id, run_at, due_at,
      status, outcome, finished_at
    )
    select
      e.team_id, p_channel, e.campaign_id, e.id, c.workflow_id, 'call', e.contact_id, e.phone, i.id, date_trunc('second', engine.now()),
      engine.now(), 'DONE', 'no_answer', engine.now()
    from enrollment as e
    inner join public.campaigns as c on e.team_id = c.team_id and e.campaign_id = c.id
    inner join public.integrations as i on e.team_id = i.team_id and i.provider = 'vapi'
    returning *
  )

  insert into engine.attempts (
    team_id, job_id, phone, phone_number_id, attempt_number, provider, status, worker, request, begun_at, provider_id, resolved_at
  )
  select team_id, id, phone, (select c.phone_number_id from public.campaigns as c where c.id = campaign_id), 1, 'vapi', p_status, 'w', '{}', engine.now() - p_age, case when p_status = 'ACCEPTED' then id::text end,
    case when p_status not in ('OPEN', 'AMBIGUOUS') then engine.now() end
  from job
$$;
select pg_temp.attempt(1, 'call', 'ACCEPTED', '10 days');
select pg_temp.attempt(6, 'text', 'ACCEPTED', '20 days');
select pg_temp.attempt(2, 'call', 'REFUSED', '1 day');
select is(pg_temp.left_out('{"contacted_within": "P11D"}'), '{"1 excluded_recently_contacted"}', 'who was called');
select is(
  pg_temp.left_out('{"contacted_within": "P21D"}'), '{"1 excluded_recently_contacted","6 excluded_recently_contacted"}', 'or texted'
);
select is(pg_temp.left_out('{"contacted_within": "P9D"}'), null, 'within the time, if a provider took it');
savepoint in_doubt;
select pg_temp.attempt(3, 'call', 'AMBIGUOUS', '1 day'), pg_temp.attempt(4, 'text', 'OPEN', '1 minute');
select is(
  pg_temp.left_out('{"contacted_within": "P9D"}'), '{"3 excluded_recently_contacted","4 excluded_recently_contacted"}',
  'or may have taken it'
);
rollback to savepoint in_doubt;

-- Another number of a customer: what she did or was sent under the first counts, and a number that is left out is that number.
savepoint one_customer;
update public.contacts set servicetitan_customer_id = 100 + p.n from people as p where contacts.id = p.id;
insert into public.contacts (team_id, phone, timezones, servicetitan_customer_id)
select team_id, '+121255501' || 40 + n, '{America/New_York}', 100 + n from scene cross join generate_series(1, 6) as n;
create function pg_temp.others_left_out(p_exclusions jsonb)
returns text[]
language sql
as $$
  select array_agg(e.ordinal || ' ' || e.reason order by e.ordinal)
  from engine.find_exclusions((select team_id from scene), p_exclusions, (
    select array_agg((p.n, null, '+121255501' || 50 + p.n, 100 + p.n)::engine.candidate) from people as p
  )) as e
$$;
select is(pg_temp.others_left_out(jsonb_build_object('phones', array[(pg_temp.person(2)).phone])), null, 'of another number');
select is(
  pg_temp.others_left_out(jsonb_build_object('list_ids', array[(select id from other)])), '{"3 excluded_in_list"}',
  'a customer in another list'
);
select is(
  pg_temp.others_left_out(jsonb_build_object('campaign_ids', array[(select campaign_id from scene)])),
  '{"1 excluded_in_campaign","2 excluded_in_campaign","4 excluded_in_campaign","5 excluded_in_campaign","6 excluded_in_campaign"}',
  'in a campaign'
);
select is(pg_temp.others_left_out('{"contacted_within": "P11D"}'), '{"1 excluded_recently_contacted"}', 'who was called');
select is(pg_temp.others_left_out('{"booked_within": "P41D"}'), '{"4 excluded_booked"}', 'who booked');
select is(
  (
    select array_agg(e.reason) from engine.find_exclusions(
      tests.create_team('Neighbour', 'nora@neighbour.example'), '{"already_booked": true, "contacted_within": "P99D"}', (
        select array_agg((p.n, null, p.phone, 100 + p.n)::engine.candidate) from people as p
      )
    ) as e
  ), null, 'a customer of another team is another one'
);
rollback to savepoint one_customer;

-- One reason each.
select is(
  pg_temp.left_out(jsonb_build_object(
    'phones', array[(pg_temp.person(1)).phone], 'contacted_within', 'P30D', 'already_booked', true, 'booked_within', 'P1D',
    'campaign_ids', array[(select campaign_id from scene)], 'list_ids', array[(select id from other)]
  )),
  '{"1 excluded_phone","2 excluded_in_campaign","3 excluded_in_list","4 excluded_in_campaign","5 excluded_in_campaign","6 excluded_in_campaign"}',
  'one reason each, the first of a fixed order'
);

-- Another team's facts are not this one's.
select is(
  (
    select count(*) from engine.find_exclusions(
      tests.create_team('Rival', 'rita@rival.example'), '{"already_booked": true, "contacted_within": "P99D"}', pg_temp.candidates()
    )
  ), 0::bigint, 'of another team nothing is told'
);

-- An import: who is left out is told by row, and not stored.
select tests.act_as('ann@acme.example');
create temp table made as select public.create_audience_list('Spring', p_rows => jsonb_build_array(
  '{"phone": "2125550131"}'::jsonb, '{"phone": "2125550132"}'::jsonb, '{"phone": "212-555-0131"}'::jsonb,
  jsonb_build_object('phone', (pg_temp.person(4)).phone), jsonb_build_object('phone', (pg_temp.person(2)).phone)
), p_exclusions => '{"phones": ["(212) 555 0132"], "already_booked": true}') as answer;
select is(
  answer #> '{run,counts}',
  '{"added": 2, "fetched": 5, "removed": 0, "updated": 0, "warning": 0, "excluded": 2, "rejected": 0, "duplicate": 1}', 'every row is accounted for'
) from made;
select is(answer ->> 'member_count', '2', 'the others are members') from made;
select is(answer #>> '{run,status}', 'SUCCEEDED', 'leaving out is no failure') from made;
select is(
  (
    select array_agg(concat_ws(' ', i ->> 'row', i ->> 'severity', i ->> 'code') order by i ->> 'row')
    from made, jsonb_array_elements(answer -> 'issues') as i
  ),
  '{"2 info excluded_phone","3 info duplicate_phone","4 info excluded_booked"}', 'and says why, by row'
);
select is(
  (select count(*) from public.contacts where phone = '+12125550132'), 0::bigint, 'who is left out and unknown stays unknown'
);

-- A member who is left out by now stays: an import never removes.
create temp table again as select public.import_audience_rows(
  (public.update_audience_list((answer ->> 'id')::uuid, p_exclusions => '{"phones": ["2125550131"]}') ->> 'id')::uuid,
  '[{"phone": "2125550131", "name": "New Name"}, {"phone": "2125550132"}]'
) as answer from made;
select is(answer #>> '{counts,excluded}', '1', 'a member''s row is left out') from again;
select is(answer #>> '{counts,added}', '1', 'and whom the list takes now is added') from again;
select is(
  (select first_name from public.contacts where phone = '+12125550131'), null, 'what the row says is not taken'
);
select is((public.get_audience_list((answer ->> 'list_id')::uuid) ->> 'member_count'), '3', 'the member stays') from again;
select * from finish();
rollback;
