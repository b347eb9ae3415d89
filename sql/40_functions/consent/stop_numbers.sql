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
  select distinct on (s.team_id, s.phone, c.channel) s.team_id, s.phone, c.channel, s.reason, s.source
  from unnest(p_stops) as s
  cross join unnest(enum_range(null::public.contact_channel)) as c (channel)
  where s.channel is null or s.channel = c.channel
  order by 1, 2, 3
  on conflict on constraint suppressions_pk do nothing;

  select array_agg((j.team_id, j.id, j.reason, j.end_status)::engine.closed_job) into v_closed
  from (
    select k.team_id, k.id, 'suppressed_' || s.reason as reason,
      case s.reason when 'opted_out' then 'OPTED_OUT' else 'SUPPRESSED' end as end_status
    from unnest(p_stops) as s
    inner join engine.jobs as k on s.team_id = k.team_id and s.phone = k.phone
    where (s.channel is null or s.channel = k.channel)
      and k.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    order by k.id
    for update of k
  ) as j;
  perform engine.close_jobs(coalesce(v_closed, '{}'));
  perform engine.end_stopped_enrollments(p_stops);
  -- Made by a transaction that one of these locks waited for.
  perform engine.close_jobs(array(
    select (k.team_id, k.id, 'suppressed_opted_out', 'OPTED_OUT')::engine.closed_job
    from unnest(p_stops) as s
    inner join engine.jobs as k on s.team_id = k.team_id and s.phone = k.phone
    where s.channel is null and s.reason = 'opted_out' and k.status in ('READY', 'CLAIMED')
    order by k.id
    for update of k
  ));
  return coalesce(cardinality(v_closed), 0);
end
$$;
comment on function engine.stop_numbers(engine.stop[]) is
'Suppresses numbers, writes the ledger and cancels what has not begun; returns how many open jobs it met.';
revoke all on function engine.stop_numbers(engine.stop[]) from public;
