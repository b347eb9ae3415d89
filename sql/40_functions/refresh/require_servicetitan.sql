-- A team's ServiceTitan account must be connected and in use before anybody is asked to wait for it.
create or replace function engine.require_servicetitan(p_team_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_account public.integrations;
begin
  select * into v_account from public.integrations as i where i.team_id = p_team_id and i.provider = 'servicetitan';
  if v_account.id is null then
    perform engine.refuse(
      'OB007', 'No ServiceTitan account is connected.',
      jsonb_build_object('blockers', jsonb_build_array(jsonb_build_object(
        'code', 'integration_missing_servicetitan', 'message', 'No ServiceTitan account is connected.'
      ))),
      'Connect the account first: an admin can, with upsert_integration.'
    );
  elsif v_account.status = 'PAUSED' then
    perform engine.refuse(
      'OB007', 'The ServiceTitan account is paused: ' || v_account.paused_reason,
      jsonb_build_object('blockers', jsonb_build_array(jsonb_build_object(
        'code', 'integration_paused_servicetitan', 'message', v_account.paused_reason
      ))),
      'Mend the account, then connect it again with upsert_integration.'
    );
  end if;
end
$$;
comment on function engine.require_servicetitan(uuid) is 'OB007 unless the team''s ServiceTitan account is connected and not paused.';
revoke all on function engine.require_servicetitan(uuid) from public;
