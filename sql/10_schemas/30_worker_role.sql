-- Workers log in as a role of their own that can execute the engine's functions and nothing else.
-- It is created without login; a deployment gives it a password. Roles belong to the cluster, so
-- the role may be there already.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'outbound_worker') then
    create role outbound_worker nologin noinherit;
  end if;
end
$$;
grant usage on schema engine to outbound_worker;
-- Workers' statements are short and many: compiling one takes longer than running it.
alter role outbound_worker set jit = off;
-- Some, such as storing a large import, take longer than the two minutes that a hosted project allows every statement.
alter role outbound_worker set statement_timeout = '10min';
-- Names of types are looked for among a session's own temporary ones first, also with an empty search_path: who may make
-- these puts checks of her own into functions that run as their owner. Everybody may, by a grant to public, so that is
-- taken away, and given by name to the roles of Supabase that had it. Without the owner's rights this only warns, and
-- `outbound doctor` says so.
do $$
begin
  execute (
    select format('grant temporary on database %I to %s', current_database(), string_agg(quote_ident(r.rolname), ', '))
    from pg_catalog.pg_roles as r
    where r.rolname in (
      'anon', 'authenticated', 'service_role', 'authenticator', 'dashboard_user', 'supabase_auth_admin',
      'supabase_storage_admin', 'supabase_functions_admin', 'supabase_replication_admin', 'supabase_read_only_user'
    )
  );
  execute format('revoke temporary on database %I from public, outbound_worker', current_database());
end
$$;
