-- How long after its beginning an attempt that the provider has no trace of may still turn up there. No
-- request leaves a worker later than workers/deadline.py allows, which has the arithmetic: what is left is for
-- the way to the provider and for its lists.
create or replace function engine.doubt_grace()
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$ select interval '5 minutes' $$;
comment on function engine.doubt_grace() is
'How long after its beginning an attempt may still reach the provider: before that, "no trace of it" proves nothing.';
revoke all on function engine.doubt_grace() from public;
