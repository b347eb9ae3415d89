-- Stops numbers for good: suppression, ledger, and every open job of the number in the team, across
-- campaigns, in the transaction that records it. What has begun can still arrive; nothing begins any
-- more, because the gate reads the suppression that this commits.
create or replace function engine.stop_numbers(p_stops engine.stop[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_closed engine.closed_job[];
begin
  if cardinality(p_stops) = 0 then
    return 0;
  end if;
  insert into public.consent_events (team_id, phone, channel, action, source, words)
  select s.team_id, s.phone, c.channel, 'opt_out', s.source, left(s.words, 1600)
  from unnest(p_stops) as s
  cross join unnest(enum_range(null::public.contact_channel)) as c (channel)
  where s.channel is null or s.channel = c.channel;

  insert into public.suppressions (team_id, phone, channel, reason, source)
  select distinct on (s.team_id, s.phone, c.channel, s.reason) s.team_id, s.phone, c.channel, s.reason, s.source
  from unnest(p_stops) as s
  cross join unnest(enum_range(null::public.contact_channel)) as c (channel)
  where s.channel is null or s.channel = c.channel
  order by 1, 2, 3, 4
  on conflict on constraint suppressions_pk do nothing;

  -- Waits for whoever is ending one of these jobs; the next statement then sees what that made of it, a
  -- retry perhaps.
  perform
  from unnest(p_stops) as s
  inner join engine.jobs as j on s.team_id = j.team_id and s.phone = j.phone
  where (s.channel is null or s.channel = j.channel)
    and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
  order by j.id
  for update of j;

  v_closed := array(
    select (
      j.team_id, j.id, 'suppressed_' || s.reason,
      case s.reason when 'opted_out' then 'OPTED_OUT' else 'SUPPRESSED' end
    )::engine.closed_job
    from unnest(p_stops) as s
    inner join engine.jobs as j on s.team_id = j.team_id and s.phone = j.phone
    where (s.channel is null or s.channel = j.channel)
      and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    order by j.id
    for update of j
  );
  perform engine.close_jobs(v_closed);
  perform engine.end_stopped_enrollments(p_stops);
  return cardinality(v_closed);
end
$$;
comment on function engine.stop_numbers(engine.stop[]) is
'Suppresses numbers, writes the ledger and cancels what has not begun; returns how many open jobs it met.';
revoke all on function engine.stop_numbers(engine.stop[]) from public;
