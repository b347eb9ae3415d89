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
