-- Every few minutes, as long as a campaign is running that has people enrolled for a job or an appointment:
-- ServiceTitan is asked what was cancelled since. One look at a time for each team; a paused campaign's are looked
-- after too, so that nobody is called in the first minutes after it is resumed. Part of the tick.
create or replace function engine.queue_watches()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_watch engine.servicetitan_watches;
  v_count integer := 0;
begin
  insert into engine.servicetitan_watches (team_id)
  select i.team_id
  from public.integrations as i
  where i.provider = 'servicetitan' and i.status = 'ACTIVE'
    and not exists (select from engine.servicetitan_watches as w where w.team_id = i.team_id)
    and exists (select from engine.enrollment_work as b where b.team_id = i.team_id)
  order by i.team_id
  on conflict on constraint servicetitan_watches_pk do nothing;
  -- A loop over teams: each has a task of its own.
  for v_watch in
    select w.*
    from engine.servicetitan_watches as w
    inner join public.integrations as i on w.team_id = i.team_id and i.provider = 'servicetitan' and i.status = 'ACTIVE'
    where coalesce(w.queued_at, '-infinity') <= engine.now() - interval '5 minutes' and exists (
      select
      from public.campaigns as c
      where c.team_id = w.team_id and c.status in ('ACTIVE', 'PAUSED') and exists (
        select from engine.enrollment_work as b where b.team_id = c.team_id and b.campaign_id = c.id
      )
    )
    order by w.team_id
    for no key update of w skip locked
  loop
    v_count := v_count + (engine.add_task(v_watch.team_id, 'watch', v_watch.id) is not null)::integer;
    update engine.servicetitan_watches as w set queued_at = engine.now() where w.team_id = v_watch.team_id;
  end loop;
  return v_count;
end
$$;
comment on function engine.queue_watches() is
'Queues a look at what ServiceTitan cancelled, for each team that has people enrolled for jobs; returns how many.';
revoke all on function engine.queue_watches() from public;
