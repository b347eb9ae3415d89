-- A subtransaction keeps the memory of its rows until the whole is committed: one for each chunk of a list would
-- make a launch grow with the list. Rows of a subtransaction carry a number of its own.
begin;
select plan(2);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
create temp table launched as select public.launch_campaign(id) from campaign;

select is(
  (select array_agg(distinct xmin::text) from engine.enrollments), array[pg_current_xact_id()::xid::text],
  'enrollments are stored by the transaction itself'
);
select is(
  (select array_agg(distinct xmin::text) from engine.jobs), array[pg_current_xact_id()::xid::text], 'and so are jobs'
);

select * from finish();
rollback;
