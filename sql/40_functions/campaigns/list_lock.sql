-- The advisory lock of an audience list. Whoever adds members holds it shared before it looks for continuous
-- campaigns; a launch of such a campaign takes it alone.
create or replace function engine.list_lock(p_team_id uuid, p_list_id uuid)
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return hashtextextended(concat('list ', p_team_id, ' ', p_list_id), 0);
end
$$;
comment on function engine.list_lock(uuid, uuid) is 'Key of the advisory lock between launches over a list and what adds members to it.';
revoke all on function engine.list_lock(uuid, uuid) from public;
