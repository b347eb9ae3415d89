-- The team's cap on contacts of one person, across all campaigns and outreach. While there is room it goes
-- to whoever is ahead: an open job, or a due one, of a better campaign that runs; of equals the one that was due
-- first. What has no room waits until the oldest contact that fills it is a window old.
create or replace function engine.frequency_limits(
  p_team_id uuid,
  p_job_id uuid,
  p_phone text,
  p_priority smallint,
  p_run_at timestamptz,
  p_limit integer,
  p_window interval
)
returns table (reason_code text, until timestamptz)
language sql
stable
rows 1
set search_path = ''
as $$
  with made as materialized (
    select k.begun_at
    from engine.contacts_made as k
    where k.team_id = p_team_id and k.phone = p_phone and k.begun_at > engine.later(engine.now(), -p_window)
    order by k.begun_at desc
    limit p_limit
  ),

  ahead as (
    select count(*) as jobs
    from engine.jobs as o
    inner join public.campaigns as c on o.team_id = c.team_id and o.campaign_id = c.id and c.status = 'ACTIVE'
    inner join public.integrations as i on o.team_id = i.team_id and o.integration_id = i.id and i.status = 'ACTIVE'
    where o.team_id = p_team_id and o.phone = p_phone and o.id <> p_job_id
      and (o.status = 'CLAIMED' or (o.status = 'READY' and o.run_at <= engine.now()))
      and (o.priority, o.run_at, o.id) < (p_priority, p_run_at, p_job_id)
      -- What has begun is among the contacts.
      and not engine.has_live_attempt(o.team_id, o.id)
      and engine.sending_hold(c.team_id, c.workflow_id, c.phone_number_id, o.channel) is null
  )

  select
    case when m.contacts >= p_limit then 'frequency_cap' else 'frequency_priority' end,
    case
      -- Whole seconds, and not a moment too soon.
      when m.contacts >= p_limit then date_trunc('second', engine.later(m.oldest, p_window)) + interval '1 second'
      else engine.now() + interval '10 minutes'
    end
  from (select count(*) as contacts, min(begun_at) as oldest from made) as m
  cross join ahead as a
  where m.contacts + a.jobs >= p_limit
$$;
comment on function engine.frequency_limits(uuid, uuid, text, smallint, timestamptz, integer, interval) is
'Why a number may not be contacted once more now under the team''s cap, and until when; no row while there is room.';
revoke all on function
engine.frequency_limits(uuid, uuid, text, smallint, timestamptz, integer, interval) from public;
