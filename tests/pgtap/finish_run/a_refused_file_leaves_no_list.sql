-- A worker's import: refused rows fail the run and keep their problems; the list is made only with members.
begin;
select plan(16);

select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
create temp table import as select public.start_audience_import('[["Phone","Name"],["2125550101","Ann"]]', p_list_name => 'Spring') as r;
grant select on import to public;
select is(r -> 'places', '{"phone": [1], "full_name": [2]}', 'the worker is told which cells to take') from import;
select is(r ->> 'list_id', null, 'there is no list yet') from import;

select tests.act_as_role('outbound_worker');
select lives_ok($$ select engine.start_run((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid) from import $$, 'a worker begins');
insert into engine.import_rows (team_id, run_id, row_number, phone, full_name)
select (r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid, s.row_number, s.phone, s.name
from import, (values (2, '2125550101', 'Ann Lee'), (3, '12', 'Bob')) as s (row_number, phone, name);
select throws_ok('select * from engine.import_rows', '42501', null, 'what it wrote it cannot read');
select is(
  (select f.status from import, engine.finish_run((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid) as f),
  'FAILED'::public.run_status, 'one row is wrong'
);
select throws_ok(
  $$ select engine.finish_run((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid) from import $$, 'OB002', null, 'a run ends once'
);

select tests.act_as('ann@acme.example');
select is((select count(*) from public.audience_lists), 0::bigint, 'no list');
select is((select count(*) from public.contacts), 0::bigint, 'no contact');
select is(
  (select public.get_audience_run_errors((r ->> 'run_id')::uuid) -> 'items' from import),
  '[{"row": 3, "column": "Phone", "code": "phone_too_short", "severity": "error", "message": "The number has too few digits.", "value": "12", "servicetitan_customer_id": null}]',
  'the problem is kept'
);

create temp table again as select public.start_audience_import('[["Phone","Name"],["2125550101","Ann"]]', p_list_name => 'Spring', p_partial => true) as r;
grant select on again to public;
select tests.act_as_role('outbound_worker');
select from again cross join lateral engine.start_run((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid);
select is((
  select engine.stage_members((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid, '[{"row_number": 2, "phone": "2125550101", "full_name": "Lee, Ann"}, {"row_number": 3, "phone": "12"}]') from again
), 2::bigint, 'rows can come in batches');
select is((
  select engine.stage_members((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid, '[{"row_number": 3, "phone": "12"}]') from again
), 0::bigint, 'the same batch again changes nothing');
select is(
  (select f.status from again, engine.finish_run((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid) as f),
  'PARTIAL'::public.run_status, 'asked for, the right ones are stored'
);
select tests.act_as('ann@acme.example');
select is((select name from public.audience_lists where member_count = 1), 'Spring', 'now there is a list');
select is((select concat_ws(' ', first_name, last_name) from public.contacts), 'Ann Lee', 'with its member');
select is((select count(*) from public.audience_runs where status in ('QUEUED', 'RUNNING')), 0::bigint, 'nothing is left open');
select tests.act_as_superuser();
select is((select count(*) from engine.import_rows) + (select count(*) from engine.checked_rows), 0::bigint, 'nothing is left in staging');

select * from finish();
rollback;
