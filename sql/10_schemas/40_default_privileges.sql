-- Closed by default: a hosted project grants everything in `public` to the API roles, and Postgres
-- lets everyone execute a new function. Here access is granted by name, object by object.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;
