-- A look is over: where it ended is remembered. Whoever was enrolled while it went on, or is tried again since, for
-- what was known to be cancelled by then, is stopped here.
create or replace function engine.finish_watch(p_team_id uuid, p_watch_id uuid, p_until timestamptz)
returns integer
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  update engine.servicetitan_watches as w
  set looked_at = greatest(w.looked_at, p_until)
  where w.team_id = p_team_id and w.id = p_watch_id;
  return case when found then engine.stop_cancelled(p_team_id) else 0 end;
end
$$;
comment on function engine.finish_watch(uuid, uuid, timestamptz) is
'Remembers where a look ended, and stops whoever is enrolled for what is cancelled; returns how many people.';
revoke all on function engine.finish_watch(uuid, uuid, timestamptz) from public;
grant execute on function engine.finish_watch(uuid, uuid, timestamptz) to outbound_worker;
