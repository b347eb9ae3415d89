-- Launches campaigns whose time has come. What the launch needs was checked when it was scheduled; what
-- has gone missing since, or goes wrong, keeps the campaign SCHEDULED, and the next tick looks again: last of all, so that
-- it holds nobody up. Each is a subtransaction, which one that fails leaves without its locks, and is kept among the
-- failures of the tick. A call stops when it has enrolled many, so that their locks are not kept for the next one's sake.
create or replace function engine.launch_scheduled_campaigns(p_enough integer default 100000)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid;
  v_campaign public.campaigns;
  v_enrolled integer := 0;
  v_launched integer := 0;
  v_failures jsonb := '[]'::jsonb;
  v_untried text[] := '{}'::text[]; -- nothing new is known of these
begin
  -- A campaign at a time: each enrolls a whole list.
  for v_id in
    select c.id
    from public.campaigns as c
    left join engine.tick_failures as f on f.step = 'launch_campaign' and c.id::text = f.subject
    where c.status = 'SCHEDULED' and c.scheduled_at <= engine.now()
    order by f.failed_at nulls first, c.scheduled_at, c.id
  loop
    if v_enrolled >= p_enough then
      v_untried := v_untried || v_id::text;
      continue;
    end if;
    begin
      select c.* into v_campaign
      from public.campaigns as c
      where c.id = v_id and c.status = 'SCHEDULED' and c.scheduled_at <= engine.now()
      for update skip locked;
      if not found then
        v_untried := v_untried || v_id::text;
        continue;
      end if;
      perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
      perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
      -- Whoever is adding members may not have seen the campaign: that blocks it too, until the next tick.
      perform engine.refuse_blockers(
        engine.launch_blockers(v_campaign) || engine.filling_blockers(v_campaign), 'The campaign'
      );
      v_enrolled := v_enrolled + engine.activate_campaign(v_campaign.team_id, v_campaign.id);
      v_launched := v_launched + 1;
    -- Whatever is wrong with one team's campaign must not stop the launches of all the others.
    exception when others then
      raise warning 'outbound: campaign % could not be launched: % (%)', v_id, sqlerrm, sqlstate;
      v_failures := v_failures || jsonb_build_object('step', 'launch_campaign', 'subject', v_id, 'code', sqlstate, 'message', sqlerrm);
    end;
  end loop;
  perform engine.note_tick_failures(array['launch_campaign'], v_failures, v_untried);
  return v_launched;
end
$$;
comment on function engine.launch_scheduled_campaigns(integer) is
'Launches scheduled campaigns that are due, until p_enough people are enrolled; returns how many.';
revoke all on function engine.launch_scheduled_campaigns(integer) from public;
