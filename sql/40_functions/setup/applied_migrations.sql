-- By the record that the Supabase CLI keeps in a schema of its own, and `outbound stack up` as well: what a release
-- brought, and what is still to be pushed. A database that was built in another way has none.
create or replace function engine.applied_migrations()
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_record regclass := to_regclass('supabase_migrations.schema_migrations');
  v_versions text[];
begin
  if v_record is not null then
    -- Dynamic, because the table is not there in every database.
    execute format('select coalesce(array_agg(m.version::text order by m.version), ''{}'') from %s as m', v_record)
    into v_versions;
  end if;
  return v_versions;
end
$$;
comment on function engine.applied_migrations() is
'The versions of the migrations that this database has had, in order; null where no record says so.';
revoke all on function engine.applied_migrations() from public;
