-- Queues the refresh of a catalogue when somebody asks for it, or when it is old and there is an account
-- that can be asked. A failure is tried again only when somebody asks.
create or replace function engine.wake_catalogue(p_team_id uuid, p_is_asked boolean)
returns engine.servicetitan_catalogues
language plpgsql
set search_path = ''
as $$
declare
  v_state engine.servicetitan_catalogues;
begin
  if p_is_asked then
    perform engine.require_servicetitan(p_team_id);
  end if;
  insert into engine.servicetitan_catalogues as c (team_id)
  values (p_team_id)
  on conflict (team_id) do nothing;
  select c.* into v_state from engine.servicetitan_catalogues as c where c.team_id = p_team_id;
  if p_is_asked or (
    v_state.failure_code is null and (v_state.read_at is null or v_state.read_at < engine.now() - interval '1 day') and exists (
      select from public.integrations as i where i.team_id = p_team_id and i.provider = 'servicetitan' and i.status = 'ACTIVE'
    )
  ) then
    perform engine.add_task(p_team_id, 'catalogue', v_state.id);
  end if;
  return v_state;
end
$$;
comment on function engine.wake_catalogue(uuid, boolean) is 'The state of a team''s catalogue, its refresh queued where it is due.';
revoke all on function engine.wake_catalogue(uuid, boolean) from public;
