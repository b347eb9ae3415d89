-- What happens now, read from the counters: exact at the moment of the answer, whatever the size.
create or replace function public.get_instant_metrics(p_campaign_ids uuid[])
returns table (
  campaign_id uuid, status public.campaign_status, as_of timestamptz, enrolled bigint, active bigint,
  waiting bigint, queued bigint, in_progress bigint, completed bigint, booked bigint, opted_out bigint,
  suppressed bigint, failed bigint, cancelled bigint, skipped bigint, completed_today bigint, booking_rate numeric,
  channels jsonb
)
language plpgsql
stable
security definer -- reads the engine's counters, for the caller's campaigns only
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set plan_cache_mode = force_generic_plan -- planned once a session, not for each poll
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_callers constant uuid[] := engine.caller_team_ids();
  v_team_ids uuid[];
  v_ids uuid[];
begin
  perform engine.refuse_many(p_campaign_ids);
  select array_agg(c.team_id), array_agg(c.id) into v_team_ids, v_ids
  from public.campaigns as c
  where c.team_id = any(v_callers) and c.id = any(p_campaign_ids);
  return query
  select
    c.id, c.status, engine.now(), p.enrolled, p.active, w.waiting, w.queued, w.in_progress, p.completed, p.booked,
    p.opted_out, p.suppressed, p.failed, p.cancelled, w.skipped, coalesce(d.completed, 0),
    round(p.with_booking::numeric / nullif(p.reached, 0), 4), w.channels
  from unnest(v_team_ids, v_ids) as a (team_id, id)
  cross join lateral (
    select k.id, k.status
    from public.campaigns as k
    where k.team_id = a.team_id and k.id = a.id
    offset 0 -- by key, also where the plan is kept
  ) as c
  inner join engine.count_people(v_team_ids, v_ids) as p on a.id = p.campaign_id
  inner join engine.count_channels(v_team_ids, v_ids) as w on a.id = w.campaign_id
  left join engine.completed_today(v_team_ids, v_ids) as d on a.id = d.campaign_id
  order by c.id;
end
$$;
comment on function public.get_instant_metrics(uuid[]) is
'One row for each campaign, as of as_of: enrolled = active + completed + booked + opted_out + suppressed + failed + cancelled; '
'jobs that were skipped because they were too late; completed_today by the clocks of the team; booking_rate = contacts who '
'booked / contacts reached, null before anybody was; channels{call{waiting, queued, in_progress, completed, failed, skipped, '
'cancelled}, text{…}} in jobs. OB009.';
revoke all on function public.get_instant_metrics(uuid[]) from public;
grant execute on function public.get_instant_metrics(uuid[]) to authenticated, service_role;
