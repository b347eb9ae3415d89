-- What is open in a campaign, by what a pause, a resume or a cancel means for it. What waits is read from
-- the counters; the few jobs that a worker holds are looked at, because an attempt makes the difference.
create or replace function engine.open_work(p_campaign public.campaigns)
returns table (waiting bigint, queued bigint, in_progress bigint)
language sql
stable
set search_path = ''
as $$
  select
    coalesce(sum(w.waiting), 0)::bigint, (coalesce(sum(w.queued), 0) + max(h.unbegun))::bigint,
    (coalesce(sum(w.in_progress), 0) - max(h.unbegun))::bigint
  from (
    select count(*) as unbegun
    from engine.jobs as j
    where j.team_id = p_campaign.team_id and j.campaign_id = p_campaign.id and j.status = 'CLAIMED'
      and not engine.has_live_attempt(j.team_id, j.id)
  ) as h
  left join engine.count_work(array[p_campaign.team_id], array[p_campaign.id]) as w on true
$$;
comment on function engine.open_work(public.campaigns) is
'Open jobs of a campaign: waiting for their time, due and not begun, and begun (a provider may have them).';
revoke all on function engine.open_work(public.campaigns) from public;
