-- What a look found cancelled. What no list matched by is passed over, and so is what was cancelled already when it
-- matched; whoever was enrolled for the rest is stopped in the same transaction.
create or replace function engine.store_cancelled(p_team_id uuid, p_watch_id uuid, p_kind text, p_ids bigint[])
returns integer
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  -- Held, so that the tenant stays the one that was asked.
  perform from engine.servicetitan_watches as w where w.team_id = p_team_id and w.id = p_watch_id for share;
  if not found then
    return 0;
  end if;
  with known as (
    select w.id
    from engine.servicetitan_work as w
    where w.team_id = p_team_id and w.kind = p_kind and w.id = any(p_ids) and not w.was_cancelled and w.cancelled_at is null
    order by w.id
    for update
  )

  update engine.servicetitan_work as w
  set cancelled_at = engine.now()
  from known as k
  where w.team_id = p_team_id and w.kind = p_kind and w.id = k.id;
  return case when found then engine.stop_cancelled(p_team_id) else 0 end;
end
$$;
comment on function engine.store_cancelled(uuid, uuid, text, bigint[]) is
'Notes which jobs or appointments a look found cancelled and stops whoever was enrolled for them; returns how many people.';
revoke all on function engine.store_cancelled(uuid, uuid, text, bigint[]) from public;
grant execute on function engine.store_cancelled(uuid, uuid, text, bigint[]) to outbound_worker;
