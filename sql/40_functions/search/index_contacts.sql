-- Brings the index of the search nearer to what contacts are now. One at a time: what it reads is newer
-- than whatever another has written, because it begins after that one has committed.
create or replace function engine.index_contacts(p_limit integer default 20000)
returns integer
language plpgsql
security definer -- the tick and workers call it
set search_path = ''
set jit = off
as $$
declare
  v_range engine.search_backlog;
  v_step record;
  v_done integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('engine.index_contacts', 0)) then
    return 0;
  end if;
  -- one range at a time, however many contacts are in it
  for v_range in
    select * from engine.search_backlog as b order by b.id limit p_limit
  loop
    select * into v_step
    from engine.index_range(v_range.team_id, v_range.first_id, v_range.last_id, p_limit - v_done);
    v_done := v_done + v_step.indexed;
    if v_step.next_id is null then
      delete from engine.search_backlog as b where b.team_id = v_range.team_id and b.id = v_range.id;
    else
      update engine.search_backlog as b set first_id = v_step.next_id
      where b.team_id = v_range.team_id and b.id = v_range.id;
    end if;
    exit when v_done >= p_limit;
  end loop;
  if v_done > 0 then
    -- what is new in an index of this kind waits in a list that each search would read
    perform gin_clean_pending_list('engine.search_entries_by_terms');
  end if;
  return v_done;
end
$$;
comment on function engine.index_contacts(integer) is
'Indexes noted contacts for the search, at most so many; returns how many. Idempotent; part of the tick.';
revoke all on function engine.index_contacts(integer) from public;
grant execute on function engine.index_contacts(integer) to outbound_worker;
