-- What an id looks like as text: checked before a cast, so that 22P02 reaches nobody.
create or replace function engine.uuid_pattern()
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$ select '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' $$;
comment on function engine.uuid_pattern() is 'The pattern of an id in lower case.';
revoke all on function engine.uuid_pattern() from public;
