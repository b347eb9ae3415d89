-- Whether a number may be reached as far as stops under way are concerned: false while one that nobody can
-- see yet is about to commit. Never waits, so that it can't be part of a deadlock. When true, no stop of
-- the number commits before this transaction ends: what the gate sees from here on is what holds.
create or replace function engine.keep_reachable(p_team_id uuid, p_phone text)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
  return pg_try_advisory_xact_lock_shared(engine.phone_lock(p_team_id, p_phone));
end
$$;
comment on function engine.keep_reachable(uuid, text) is
'Keeps stops of a number from committing until the end of the transaction; false while one is under way.';
revoke all on function engine.keep_reachable(uuid, text) from public;
