-- Before the pause of an account is lifted: what it held of the team's running campaigns goes on as after the pause of a
-- campaign, spread by the batches of its nodes and never as one burst; what has become too late is closed. What the team
-- sends through other accounts is not moved. The caller takes the account after this: whoever tells what a provider
-- answered holds jobs when it comes to the account, and is waited for here.
create or replace function engine.spread_held_jobs(p_team_id uuid, p_provider public.provider)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_channels constant public.contact_channel[] := array(
    select h.channel
    from unnest(enum_range(null::public.contact_channel)) as h (channel)
    where engine.provider_for(h.channel) = p_provider
  );
  v_campaigns public.campaigns[];
  v_campaign public.campaigns;
begin
  if not exists (
    select from public.integrations as i where i.team_id = p_team_id and i.provider = p_provider and i.status = 'PAUSED'
  ) then
    return;
  end if;
  -- As a pause takes them: nothing of theirs begins, and who enrolls is not waited for.
  v_campaigns := array(
    select c
    from public.campaigns as c
    where c.team_id = p_team_id and c.status = 'ACTIVE' and exists (
      select
      from engine.jobs as j
      inner join public.workflow_nodes as n
        on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
      where j.campaign_id = c.id and j.channel = any(v_channels) and j.status = 'READY' and j.run_at <= engine.now()
        and n.config -> 'batching' is not null
    )
    order by c.id
    for no key update of c
  );
  perform engine.lock_open_jobs(v_campaigns);
  -- A loop over campaigns, because each has its own queues.
  foreach v_campaign in array v_campaigns loop
    perform engine.close_late_jobs(v_campaign);
    perform engine.spread_due_jobs(v_campaign, v_channels);
  end loop;
end
$$;
comment on function engine.spread_held_jobs(uuid, public.provider) is
'Spreads the due jobs that a paused account of the team held by the batching of their nodes; nothing for one in use.';
revoke all on function engine.spread_held_jobs(uuid, public.provider) from public;
