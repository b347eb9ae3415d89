-- Runs are leased; those whose lease ran out fail with a reason and leave no rows behind.
begin;
select plan(6);

select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
create temp table import as select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'New') as r;
grant select on import to public;
select tests.act_as_role('outbound_worker');
select from import cross join lateral engine.start_run((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid);
select from import cross join lateral engine.stage_members((r ->> 'team_id')::uuid, (r ->> 'run_id')::uuid, '[{"row_number": 2, "phone": "2125550101"}]');
select is(engine.fail_stale_runs(), 0, 'a leased run is let be');
select tests.act_as_superuser();
update public.audience_runs set lease_expires_at = engine.now() - interval '1 second';
select tests.act_as_role('outbound_worker');
select is(engine.fail_stale_runs(), 1, 'an abandoned one is not');
select is(engine.fail_stale_runs(), 0, 'once');
select tests.act_as_superuser();
select is((select status from public.audience_runs), 'FAILED'::public.run_status, 'it failed');
select is((select failure_code from public.audience_runs), 'abandoned', 'with a reason');
select is((select count(*) from engine.import_rows), 0::bigint, 'its rows are gone');

select * from finish();
rollback;
