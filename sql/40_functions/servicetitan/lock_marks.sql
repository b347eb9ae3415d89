-- Marks are said of customers, numbers of their contacts, and the two come in feeds of their own: whoever
-- stores either waits for whoever stores the other, or a mark and a number that come at the same moment
-- would not see each other.
create or replace function engine.lock_marks(p_team_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('servicetitan marks ' || p_team_id, 0))
$$;
comment on function engine.lock_marks(uuid) is 'Lets one transaction at a time store what ServiceTitan marks, for each team.';
revoke all on function engine.lock_marks(uuid) from public;
