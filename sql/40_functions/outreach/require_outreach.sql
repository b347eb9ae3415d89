-- An outreach of the caller's teams, for a role.
create or replace function engine.require_outreach(p_outreach_id uuid, p_needs public.team_role)
returns public.outreaches
language plpgsql
stable
set search_path = ''
as $$
declare
  v_outreach public.outreaches;
begin
  select * into v_outreach from public.outreaches as o
  where o.team_id = any(engine.caller_team_ids()) and o.id = p_outreach_id;
  perform engine.require_row(v_outreach.team_id, 'outreach', p_outreach_id, p_needs);
  return v_outreach;
end
$$;
comment on function engine.require_outreach(uuid, public.team_role) is 'The outreach, when the caller may: OB004 or OB008 otherwise.';
revoke all on function engine.require_outreach(uuid, public.team_role) from public;
