-- The advisory lock of a number: of 1,024 for each team, so that a stop of a long list fits into the
-- server's table of locks. Whoever stops a number takes it alone; what begins to reach it holds it shared.
-- engine.hold_due has the key inlined.
create or replace function engine.phone_lock(p_team_id uuid, p_phone text)
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return hashtextextended(concat('number ', p_team_id, ' ', hashtext(p_phone) & 1023), 0);
end
$$;
comment on function engine.phone_lock(uuid, text) is 'Key of the advisory lock between stops of a number and what begins to reach it.';
revoke all on function engine.phone_lock(uuid, text) from public;
