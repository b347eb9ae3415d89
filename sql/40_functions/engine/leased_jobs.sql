-- Jobs that workers hold and have not begun: they are about to use an account and a number, and no attempt
-- tells of them yet.
create or replace function engine.leased_jobs(p_team_id uuid, p_integration_id uuid, p_phone_number_id uuid)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select count(*)
    from engine.jobs as j
    inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    where j.team_id = p_team_id and j.status = 'CLAIMED'
      and (p_integration_id is null or j.integration_id = p_integration_id)
      and (p_phone_number_id is null or c.phone_number_id = p_phone_number_id)
      and not engine.has_live_attempt(j.team_id, j.id)
  );
end
$$;
comment on function engine.leased_jobs(uuid, uuid, uuid) is
'Leased jobs without an attempt, of an account or of a sending number (null: of any).';
revoke all on function engine.leased_jobs(uuid, uuid, uuid) from public;
