-- Due jobs that are later than the campaign lets them be, by the gate's own measure.
create or replace function engine.late_jobs(p_campaign public.campaigns)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select j.id
  from engine.jobs as j
  where j.team_id = p_campaign.team_id and j.campaign_id = p_campaign.id and j.status = 'READY'
    and j.run_at <= engine.now() and engine.now() > engine.later(j.due_at, p_campaign.max_lateness)
  order by j.id
$$;
comment on function engine.late_jobs(public.campaigns) is 'Ids of due jobs that are too late to be sent.';
revoke all on function engine.late_jobs(public.campaigns) from public;
