-- The teams that the caller belongs to: what row-level security and every RPC limit themselves to.
-- In the folder of the tables because policies name it.
create or replace function engine.caller_team_ids()
returns uuid[]
language plpgsql -- row-level security asks it for each statement: planned once a session
stable
parallel safe
security definer -- reads team_members for a caller whose own reads are limited by this very function
set search_path = ''
as $$
begin
  if engine.caller_is_service() then
    return array(select t.id from public.teams as t);
  end if;
  return array(select m.team_id from public.team_members as m where m.user_id = (select auth.uid()));
end
$$;
comment on function engine.caller_team_ids() is 'Ids of the teams whose rows the caller may see; all of them for a service.';
revoke all on function engine.caller_team_ids() from public;
-- Policies run with the privileges of whoever reads the table.
grant execute on function engine.caller_team_ids() to authenticated, service_role;
