-- One campaign, with its diary and with what stands in the way of its next start.
create or replace function public.get_campaign(p_campaign_id uuid)
returns jsonb
language plpgsql
stable
security definer -- reads the engine for a caller who was checked: engine.require_campaign asks engine.require_role
set search_path = ''
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'viewer');
begin
  return engine.describe_campaign(v_campaign, engine.has_role(v_campaign.team_id, 'operator')) || jsonb_build_object(
    'blockers', case
      when v_campaign.status in ('CREATED', 'SCHEDULED') then engine.launch_blockers(v_campaign)
      when v_campaign.status in ('ACTIVE', 'PAUSED') then engine.running_blockers(v_campaign)
      else '[]'
    end,
    'steps', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'reason', s.reason, 'from', s.from_status, 'to', s.to_status, 'at', s.step_at, 'user_id', s.user_id
      ) order by s.id desc), '[]')
      from (
        select d.* from engine.campaign_steps as d
        where d.team_id = v_campaign.team_id and d.campaign_id = v_campaign.id
        order by d.id desc
        limit 100
      ) as s
    )
  );
end
$$;
comment on function public.get_campaign(uuid) is
'A campaign as in list_campaigns, with blockers[{code, message}] and its last 100 steps[{reason, from, to, at, user_id}], '
'newest first. OB004.';
revoke all on function public.get_campaign(uuid) from public;
grant execute on function public.get_campaign(uuid) to authenticated, service_role;
