-- A provider said that it was too much. Whoever goes on at that speed is refused again, and all who were
-- ahead come back at once: so the account goes on at half of what it got through in the last minute, after the
-- time that the provider named. The answers of a burst are one: what comes within ten seconds changes nothing.
create or replace function engine.lower_pace(
  p_team_ids uuid[], p_integration_ids uuid[], p_reasons text[], p_waits double precision[]
)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.integrations as i
  set
    pace_per_minute = greatest(least(engine.pace_now(i), s.sent) / 2, 1),
    pace_begins_at = engine.now() + make_interval(secs => least(greatest(s.wait, 0), 3600)),
    pace_reason = left(s.reason, 500)
  from (
    select b.team_id, b.integration_id, max(b.reason) as reason, coalesce(max(b.wait), 0) as wait, (
      select count(*)
      from public.integrations as k
      inner join public.phone_numbers as f on k.team_id = f.team_id
      inner join engine.attempts as a
        on f.team_id = a.team_id and f.id = a.phone_number_id and a.provider = k.provider
        and a.begun_at > engine.now() - interval '1 minute' and a.status = 'ACCEPTED'
      where k.team_id = b.team_id and k.id = b.integration_id
    )::integer as sent
    from unnest(p_team_ids, p_integration_ids, p_reasons, p_waits) as b (team_id, integration_id, reason, wait)
    group by b.team_id, b.integration_id
  ) as s
  where i.team_id = s.team_id and i.id = s.integration_id
    and (i.pace_begins_at is null or i.pace_begins_at <= engine.now() - interval '10 seconds')
$$;
comment on function engine.lower_pace(uuid[], uuid[], text[], double precision[]) is
'Slows accounts down whose providers said "limit reached": position by position, why, and seconds to wait first.';
revoke all on function engine.lower_pace(uuid[], uuid[], text[], double precision[]) from public;
