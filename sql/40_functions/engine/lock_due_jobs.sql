-- Picks due jobs of active campaigns, most urgent first, and locks them; what others hold is skipped.
-- Each account's free lines bound its calls. Accounts are locked in order of id, before any job.
create or replace function engine.lock_due_jobs(p_queues text[], p_limit integer)
returns table (job_id uuid)
language plpgsql
set search_path = ''
as $$
begin
  -- A statement of its own: what follows must see what the one waited for has committed.
  perform
  from public.integrations as i
  where i.status = 'ACTIVE' and exists (
    select
    from unnest(p_queues::public.contact_channel[]) as q (channel)
    inner join public.campaigns as c on c.team_id = i.team_id and c.status = 'ACTIVE'
    where i.provider = engine.provider_for(q.channel) and exists (
      select from engine.jobs as j
      where j.campaign_id = c.id and j.channel = q.channel and j.status = 'READY'
        and j.run_at <= engine.now()
    )
  )
  order by i.id
  for no key update of i;

  return query
  with lines as materialized (
    select i.team_id, q.channel, case
      when q.channel = 'text' then p_limit
      else greatest(least(p_limit, i.concurrency_limit - (
        select count(*)
        from engine.jobs as j
        where j.team_id = i.team_id and j.integration_id = i.id
          and j.status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
      )), 0)
    end as free
    from public.integrations as i
    inner join unnest(p_queues::public.contact_channel[]) as q (channel)
      on i.provider = engine.provider_for(q.channel)
    where i.status = 'ACTIVE'
  )

  select d.id
  from (
    select n.id, n.priority, n.run_at, row_number() over (
      partition by l.team_id, l.channel order by n.priority, n.run_at
    ) <= l.free as has_line
    from lines as l
    inner join public.campaigns as c on l.team_id = c.team_id and c.status = 'ACTIVE'
    cross join lateral (
      select j.id, j.priority, j.run_at
      from engine.jobs as j
      where j.campaign_id = c.id and j.channel = l.channel and j.status = 'READY'
        and j.run_at <= engine.now()
      order by j.priority, j.run_at
      limit l.free
      for update of j skip locked
    ) as n
  ) as d
  where d.has_line
  order by d.priority, d.run_at
  limit p_limit;
end
$$;
comment on function engine.lock_due_jobs(text[], integer) is
'Locks and returns due jobs of active campaigns, within the free lines of their accounts.';
revoke all on function engine.lock_due_jobs(text[], integer) from public;
