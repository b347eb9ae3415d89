-- Holds that waited for their campaign are due now, and workers are told. A task that somebody has locked
-- is being claimed or put off, by a worker that sees the campaign run.
create or replace function engine.resume_holds(p_campaign public.campaigns, p_dry_run boolean)
returns bigint
language plpgsql
set search_path = ''
as $$
begin
  if not p_dry_run then
    update engine.tasks as t
    set run_at = engine.now()
    where t.team_id = p_campaign.team_id and t.id in (
      select k.id
      from public.outreach_items as i
      inner join engine.tasks as k on i.team_id = k.team_id and i.id = k.subject_id
      where i.team_id = p_campaign.team_id and i.campaign_id = p_campaign.id and i.status = 'HOLDING'
        and k.kind = 'hold' and k.status = 'READY' and k.run_at > engine.now()
      for update of k skip locked
    );
    perform pg_notify('outbound_jobs', q.queue) from unnest('{call,text,task}'::text[]) as q (queue);
  end if;
  return (
    select count(*) from public.outreach_items as i
    where i.team_id = p_campaign.team_id and i.campaign_id = p_campaign.id and i.status = 'HOLDING'
  );
end
$$;
comment on function engine.resume_holds(public.campaigns, boolean) is
'Makes the waiting holds of a campaign due and wakes workers; returns how many are open.';
revoke all on function engine.resume_holds(public.campaigns, boolean) from public;
