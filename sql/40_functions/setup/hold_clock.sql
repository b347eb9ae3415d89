-- What begins attempts reads the moment here, first of all: a set clock stands still until its transaction is over, so that
-- who passed the gate at eight in the evening is not begun at nine. Real time needs no hold: there engine.now() is one
-- moment for the whole statement.
create or replace function engine.hold_clock()
returns timestamptz
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock_shared(engine.clock_lock())
  from engine.deployment as d
  where d.environment = 'sandbox';
  return engine.now(); -- in a statement of its own: a clock that was being set is seen as it is now
end
$$;
comment on function engine.hold_clock() is
'The moment it is, which stays the moment until this transaction ends, whoever sets the sandbox''s clock.';
revoke all on function engine.hold_clock() from public;
