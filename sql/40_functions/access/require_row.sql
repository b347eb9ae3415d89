-- What the caller asked for was looked up among the caller's teams: nothing is as good as another team's.
create or replace function engine.require_row(p_team_id uuid, p_entity text, p_id uuid, p_needs public.team_role)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_team_id is null then
    perform engine.refuse_not_found(p_entity, p_id);
  end if;
  perform engine.require_role(p_team_id, p_needs);
end
$$;
comment on function engine.require_row(uuid, text, uuid, public.team_role) is
'Raises OB004 for a row that was not found (its team is null) and OB008 when the caller''s role in its team is too low.';
revoke all on function engine.require_row(uuid, text, uuid, public.team_role) from public;
