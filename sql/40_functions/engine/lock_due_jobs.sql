-- Picks due jobs of active campaigns, most urgent first, and locks them; what others hold is skipped, and what waits
-- for a number or an assistant (engine.sending_hold) is not looked at.
-- Each account's free lines bound its calls, a lowered pace everything, a capped number what is sent from it;
-- what finds no room stays due and is not touched, so others go ahead. Accounts are locked in order of id,
-- before any job.
create or replace function engine.lock_due_jobs(p_queues text[], p_limit integer)
returns table (job_id uuid)
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  -- A statement of its own: what follows must see what the one waited for has committed.
  perform
  from public.integrations as i
  where i.status = 'ACTIVE' and exists (
    select
    from unnest(p_queues::public.contact_channel[]) as q (channel)
    inner join public.campaigns as c on c.team_id = i.team_id and c.status = 'ACTIVE'
    where i.provider = engine.provider_for(q.channel) and exists (
      select from engine.due_priorities(c.id, q.channel, v_now)
    )
  )
  order by i.id
  for no key update of i;

  return query
  with lines as materialized (
    select i.team_id, q.channel, greatest(least(p_limit, engine.free_lines(i, q.channel)), 0) as free
    from public.integrations as i
    inner join unnest(p_queues::public.contact_channel[]) as q (channel)
      on i.provider = engine.provider_for(q.channel)
    where i.status = 'ACTIVE'
  ),

  -- Sending numbers with caps; the gate, under a lock on the number, has the last word.
  numbers as materialized (
    select f.team_id, f.id, greatest(r.free - engine.leased_jobs(f.team_id, null, f.id), 0) as free
    from public.phone_numbers as f
    cross join lateral engine.number_room(f) as r
    where f.rate_per_minute is not null or f.daily_limit is not null
  ),

  due as materialized (
    select l.team_id, l.channel, l.free, n.id, n.priority, n.run_at, row_number() over (
      partition by l.team_id, c.phone_number_id order by n.priority, n.run_at, n.id
    ) <= coalesce(f.free, p_limit) as has_number
    from lines as l
    inner join public.campaigns as c on l.team_id = c.team_id and c.status = 'ACTIVE'
    left join numbers as f on c.team_id = f.team_id and c.phone_number_id = f.id
    -- Each priority by its own range of the index, and one after the other: the next is read only if there is room.
    cross join lateral (
      select j.id, j.priority, j.run_at
      from engine.due_priorities(c.id, l.channel, v_now) as p
      cross join lateral (
        select r.id, r.priority, r.run_at
        from engine.jobs as r
        where r.campaign_id = c.id and r.channel = l.channel and r.status = 'READY'
          and r.priority = p.priority and r.run_at <= v_now
          and engine.sending_hold(c.team_id, c.workflow_id, c.phone_number_id, l.channel) is null
        order by r.run_at
        limit least(l.free, f.free)
        for update of r skip locked
      ) as j
      limit least(l.free, f.free)
    ) as n
  )

  select d.id
  from (
    select u.*, row_number() over (partition by u.team_id, u.channel order by u.priority, u.run_at) <= u.free as has_line
    from due as u
    where u.has_number
  ) as d
  where d.has_line
  order by d.priority, d.run_at
  limit p_limit;
end
$$;
comment on function engine.lock_due_jobs(text[], integer) is
'Locks and returns due jobs of active campaigns, within the free lines and paces of their accounts and their numbers'' caps.';
revoke all on function engine.lock_due_jobs(text[], integer) from public;
