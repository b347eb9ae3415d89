-- What speaks against reaching numbers right now, beside the hours: a call of ours that is going on, or
-- the number of contacts that their region allows in a day. Across all campaigns of the team.
create or replace function engine.contact_limits(p_contacts engine.asked_contact[])
returns table (job_id uuid, reason_code text, until timestamptz)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.now();
begin
  return query
  select a.job_id, 'call_in_progress', v_now + interval '10 minutes'
  from unnest(p_contacts) as a
  where exists (
    select
    from engine.jobs as j
    where j.team_id = a.team_id and j.phone = a.phone and j.id <> a.job_id and j.channel = 'call'
      and (j.status in ('DISPATCHED', 'AMBIGUOUS') or (
        j.status = 'CLAIMED' and engine.has_live_attempt(j.team_id, j.id)
      ))
    offset 0 -- looked up for each number by its key, whatever statistics say
  )
  union all
  select a.job_id, 'daily_limit', d.ends_at
  from (
    -- Most regions allow as many as there are: only the others are looked at.
    select p.*, v_now as now
    from unnest(p_contacts) as p
    where (p.regions || array['']) && (
      select array_agg(distinct w.region) from reference.calling_windows as w where w.daily_limit is not null
    )
    offset 0
  ) as a
  cross join unnest(a.timezones) as z (zone)
  cross join lateral (
    select
      l.today, l.today::timestamp at time zone z.zone as starts_at,
      (l.today + 1)::timestamp at time zone z.zone as ends_at
    from (select (a.now at time zone z.zone)::date as today) as l
  ) as d
  where (
    select min(w.daily_limit)
    from unnest(a.regions) as r (region)
    inner join engine.legal_week(a.channel, r.region) as w on w.weekday = extract(isodow from d.today)
  ) <= (
    select count(*) filter (where k.begun_at >= d.starts_at)
    from engine.contacts_lately as k
    -- Put so that only the index of the phones can be used: to a plan that was made when the ledger was empty those of
    -- the team, or of the time, look as short.
    where k.team_id is not distinct from a.team_id and k.phone = a.phone
  );
end
$$;
comment on function engine.contact_limits(engine.asked_contact[]) is
'Why numbers should not be reached now although the hours allow it, and until when; no row where nothing speaks against it.';
revoke all on function engine.contact_limits(engine.asked_contact[]) from public;
