-- What speaks against reaching a number right now, beside the hours: a call of ours that is going on, or
-- the number of contacts that its region allows in a day. Across all campaigns of the team.
create or replace function engine.contact_limits(
  p_team_id uuid,
  p_job_id uuid,
  p_phone text,
  p_channel public.contact_channel,
  p_timezones text[],
  p_regions text[]
)
returns table (reason_code text, until timestamptz)
language sql
stable
rows 1
set search_path = ''
as $$
  select 'call_in_progress', engine.now() + interval '10 minutes'
  where exists (
    select
    from engine.jobs as j
    where j.team_id = p_team_id and j.phone = p_phone and j.id <> p_job_id and j.channel = 'call'
      and (j.status in ('DISPATCHED', 'AMBIGUOUS') or (
        j.status = 'CLAIMED' and engine.has_live_attempt(j.team_id, j.id)
      ))
  )
  union all
  select 'daily_limit', d.ends_at
  from unnest(p_timezones) as z (zone)
  cross join lateral (
    select
      (engine.now() at time zone z.zone)::date as today,
      (engine.now() at time zone z.zone)::date::timestamp at time zone z.zone as starts_at,
      ((engine.now() at time zone z.zone)::date + 1)::timestamp at time zone z.zone as ends_at
  ) as d
  where (
    select min(w.daily_limit)
    from unnest(p_regions) as r (region)
    cross join engine.legal_window(p_channel, r.region, d.today) as w
  ) <= (
    select count(*)
    from engine.contacts_lately as k
    where k.team_id = p_team_id and k.phone = p_phone and k.begun_at >= d.starts_at
  )
  order by 2 desc
  limit 1
$$;
comment on function engine.contact_limits(uuid, uuid, text, public.contact_channel, text[], text[]) is
'Why a number should not be reached now although the hours allow it, and until when; no row when nothing speaks against it.';
revoke all on function
engine.contact_limits(uuid, uuid, text, public.contact_channel, text[], text[]) from public;
