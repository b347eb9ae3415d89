-- The versions are those of the CLI's record, and a database without one has none.
begin;
select plan(3);

drop schema if exists supabase_migrations cascade;
select is(engine.applied_migrations(), null::text[], 'a database that was built in another way has no record');

create schema supabase_migrations authorization postgres;
create table supabase_migrations.schema_migrations (version text not null primary key);
select is(engine.applied_migrations(), '{}'::text[], 'nothing was pushed yet');
insert into supabase_migrations.schema_migrations values ('20270102000000'), ('20270101000000');

select tests.act_as_role('service_role');
select is(
  public.get_deployment_facts() -> 'migrations', '["20270101000000", "20270102000000"]'::jsonb,
  'the service is told them in order'
);

select * from finish();
rollback;
