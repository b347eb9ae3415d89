-- Carries out what events say. The jobs are locked and dispatched by now.
create or replace function engine.apply_readings(p_readings engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_kinds constant text[] := array(select distinct (r.reading).kind from unnest(p_readings) as r);
  v_outcomes constant public.job_outcome[] := array(select distinct (r.reading).outcome from unnest(p_readings) as r);
begin
  -- Most events only say that something goes on, and most of the others only what came of a call.
  if v_kinds <@ array['progress', 'ignored'] then
    return;
  end if;
  -- Said during the call: it holds at once, whatever the report says later.
  if 'opt_out' = any(v_kinds) or 'opted_out' = any(v_outcomes) then
    perform engine.stop_numbers(array(
      select (j.team_id, j.phone, null, 'opted_out', concat_ws(' ', j.channel, (r.reading).reason_code),
        (r.reading).words)::engine.stop
      from unnest(p_readings) as r
      inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
      where (r.reading).kind = 'opt_out' or (r.reading).outcome = 'opted_out'
    ));
  end if;
  if 'booked' = any(v_outcomes) then
    perform engine.book_late(p_readings);
  end if;
  if 'ended' = any(v_kinds) then
    -- The call is over and its report is due; if that is lost, the provider is asked soon.
    update engine.jobs as j
    set check_at = least(j.check_at, engine.now() + interval '2 minutes')
    from unnest(p_readings) as r
    where (r.reading).kind = 'ended' and j.team_id = r.team_id and j.id = r.job_id and j.status = 'DISPATCHED';
  end if;
  if 'delivered' = any(v_kinds) then
    perform engine.note_delivered(p_readings);
  end if;
  perform engine.end_jobs(array(
    select (r.team_id, r.job_id, o.outcome, (r.reading).reason_code, (r.reading).words)::engine.finished_job
    from unnest(p_readings) as r
    cross join lateral (
      select case
        when (r.reading).kind = 'final' then (r.reading).outcome
        -- A text that waits for a reply is not over when it has arrived.
        when (r.reading).kind = 'delivered' and exists (
          select from engine.jobs as j where j.team_id = r.team_id and j.id = r.job_id and j.reply_deadline is null
        ) then 'delivered'
      end as outcome
      offset 0
    ) as o
    where o.outcome is not null
    order by r.job_id -- as jobs are locked
  ));
  if 'booked' = any(v_outcomes) then
    perform engine.note_bookings(p_readings);
  end if;
  if exists (select from unnest(p_readings) as r where (r.reading).scope in ('account', 'capacity')) then
    perform engine.note_undialled(p_readings);
    perform engine.pause_refused_accounts(p_readings);
  end if;
end
$$;
comment on function engine.apply_readings(engine.event_reading[]) is 'Opt-outs, ends and outcomes of a set of events.';
revoke all on function engine.apply_readings(engine.event_reading[]) from public;
