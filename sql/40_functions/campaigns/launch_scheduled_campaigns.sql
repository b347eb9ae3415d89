-- Launches campaigns whose time has come. What the launch needs was checked when it was scheduled; what
-- has gone missing since keeps the campaign SCHEDULED, and the next tick looks again.
create or replace function engine.launch_scheduled_campaigns()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
  v_launched integer := 0;
begin
  -- A campaign at a time: each enrolls a whole list.
  for v_campaign in
    select c.*
    from public.campaigns as c
    where c.status = 'SCHEDULED' and c.scheduled_at <= engine.now()
    order by c.scheduled_at, c.id
    for update of c skip locked
  loop
    -- Whoever is adding members may not have seen the campaign: the next tick launches it.
    continue when not engine.still_list(v_campaign);
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
    continue when jsonb_array_length(engine.launch_blockers(v_campaign)) > 0;
    begin
      perform engine.activate_campaign(v_campaign.team_id, v_campaign.id);
      v_launched := v_launched + 1;
    -- Whatever is wrong with one team's campaign must not stop the tick of all the others.
    exception when others then
      raise warning 'campaign % could not be launched: %', v_campaign.id, sqlerrm;
    end;
  end loop;
  return v_launched;
end
$$;
comment on function engine.launch_scheduled_campaigns() is 'Launches scheduled campaigns that are due; returns how many.';
revoke all on function engine.launch_scheduled_campaigns() from public;
