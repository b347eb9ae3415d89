-- Visits, times, waits and edges of a scripted journey; nothing is written.
begin;
select plan(12);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table flow as
select tests.publish(t.id, jsonb_set(tests.graph(tests.connect_providers(t.id)), '{edges,1,data,delay}', '"PT10H"')) as id
from team as t;
grant select on team, flow to authenticated;
select tests.act_as('ann@acme.example');

create temp table told as
select public.simulate_workflow(
  flow.id, p_start_at => '2027-03-01 12:00-05',
  p_outcomes => '{"call": ["no_answer", {"outcome": "no_answer", "after": "PT1M"}],
    "text": [{"outcome": "replied", "reply_text": "Yes please", "after": "PT3M"}], "thanks": ["delivered"]}'
) as it from flow;
create temp table visits as
select v.visit, v.place from told cross join jsonb_array_elements(told.it -> 'visits') with ordinality as v (visit, place);

select results_eq(
  $$ select visit ->> 'node_id', (visit ->> 'visit')::integer, visit ->> 'outcome', visit -> 'next' ->> 'kind',
      visit -> 'next' ->> 'edge_id' from visits order by place $$,
  $$ values ('start', 1, null, 'edge', 'e1'), ('call', 1, 'no_answer', 'retry', null), ('call', 2, 'no_answer', 'edge', 'e2'),
    ('text', 1, 'replied', 'edge', 'e4'), ('thanks', 1, 'delivered', 'end', null) $$,
  'a retry first, then the edges'
);
select results_eq(
  $$ select (visit ->> 'due_at')::timestamptz from visits order by place $$,
  $$ values ('2027-03-01 12:00-05'::timestamptz), ('2027-03-01 12:00-05'), ('2027-03-01 16:00:40-05'),
    ('2027-03-02 08:00-05'), ('2027-03-02 08:03-05') $$,
  'four hours to the retry, ten to the text, which waits for the morning'
);
select results_eq(
  $$ select w ->> 'for', (w ->> 'until')::timestamptz from visits, jsonb_array_elements(visit -> 'waits') as w where place = 4 $$,
  $$ values ('delay', '2027-03-02 02:01:40-05'::timestamptz), ('legal_hours', '2027-03-02 08:00-05') $$,
  'what it waited for'
);
select is((select visit -> 'waits' -> 0 ->> 'for' from visits where place = 3), 'retry', 'a retry is a wait of its own');
select is(
  (select visit -> 'edges' from visits where place = 3) @> '[{"edge_id": "e3", "matches": false, "taken": false}]',
  true, 'edges that were not taken are told too'
);
select is((select it -> 'end' ->> 'status' from told), 'COMPLETED', 'the end');
select is((select (it -> 'end' ->> 'at')::timestamptz from told), '2027-03-02 08:03:05-05'::timestamptz, 'and when');
select is((select it -> 'timezones' from told), '["America/New_York"]'::jsonb, 'without a place she is where the team is');

select is(
  (select public.simulate_workflow(id, p_seed => 7, p_start_at => '2027-03-01 12:00-05') from flow),
  (select public.simulate_workflow(id, p_seed => 7, p_start_at => '2027-03-01 12:00-05') from flow),
  'a sample can be repeated'
);
select isnt(
  (select count(distinct public.simulate_workflow(id, p_seed => n) -> 'visits' -> 1 ->> 'outcome') from flow, generate_series(1, 60) as n),
  1::bigint, 'another seed is another sample'
);
select is(
  (select public.simulate_workflow(
    id, p_start_at => '2027-03-07 12:00-06', p_contact => '{"state": "al", "timezone": "America/Chicago"}',
    p_outcomes => '{"call": ["booked"]}'
  ) -> 'visits' -> 1 ->> 'due_at' from flow),
  '2027-03-08T14:00:00+00:00', 'the law of a state holds: no Sundays in Alabama'
);
select tests.act_as_superuser();
select is((select count(*) from engine.pacing) + (select count(*) from engine.jobs), 0::bigint, 'nothing is written');

select * from finish();
rollback;
