-- Whom campaigns are for, from counters of their own: exact, whatever the size.
create or replace function public.get_audience_stats(p_campaign_ids uuid[])
returns table (
  campaign_id uuid, as_of timestamptz, size bigint, reached bigint, reachable bigint, suppressed jsonb, booked bigint,
  by_source jsonb, by_zone jsonb
)
language plpgsql
stable
security definer -- reads the engine's counters, for the caller's campaigns only
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
begin
  perform engine.refuse_many(p_campaign_ids);
  return query
  with asked as materialized (
    select c.team_id, c.id, l.source
    from public.campaigns as c
    inner join public.audience_lists as l on c.team_id = l.team_id and c.list_id = l.id
    where c.team_id = any(engine.caller_team_ids()) and c.id = any(p_campaign_ids)
  ),

  counted as materialized (
    select
      a.id, k.timezone, k.reason, sum(k.amount)::bigint as size,
      coalesce(sum(k.amount) filter (where k.outcome in ('reached', 'booked')), 0)::bigint as reached,
      coalesce(sum(k.amount) filter (where k.outcome = 'booked'), 0)::bigint as booked
    from asked as a
    inner join engine.audience_counters as k on a.team_id = k.team_id and a.id = k.campaign_id
    group by 1, 2, 3
    having sum(k.amount) <> 0
  ),

  zones as materialized (
    select z.id, sum(z.size)::bigint as size, sum(z.reached)::bigint as reached, sum(z.booked)::bigint as booked,
      jsonb_object_agg(z.timezone, jsonb_build_object('size', z.size, 'reached', z.reached, 'booked', z.booked)) as by_zone
    from (
      select k.id, k.timezone, sum(k.size) as size, sum(k.reached) as reached, sum(k.booked) as booked
      from counted as k
      group by 1, 2
    ) as z
    group by 1
  ),

  reasons as materialized (
    select r.id, sum(r.size)::bigint as size, jsonb_object_agg(r.reason, r.size) as suppressed
    from (select k.id, k.reason, sum(k.size) as size from counted as k where k.reason <> '' group by 1, 2) as r
    group by 1
  )

  select
    a.id, engine.now(), coalesce(z.size, 0), coalesce(z.reached, 0), coalesce(z.size - coalesce(r.size, 0), 0),
    coalesce(r.suppressed, '{}'), coalesce(z.booked, 0),
    jsonb_build_object(a.source, jsonb_build_object(
      'size', coalesce(z.size, 0), 'reached', coalesce(z.reached, 0), 'booked', coalesce(z.booked, 0)
    )),
    coalesce(z.by_zone, '{}')
  from asked as a
  left join zones as z on a.id = z.id
  left join reasons as r on a.id = r.id
  order by a.id;
end
$$;
comment on function public.get_audience_stats(uuid[]) is
'One row for each campaign, in contacts: size enrolled; reached by an answered call or a delivered text; suppressed as {reason: n}; '
'reachable = size - suppressed; booked, whatever the end; by_source as {source of the list: {size, reached, booked}}; by_zone as '
'{zone: {size, reached, booked}}, unknown for who has none. OB009.';
revoke all on function public.get_audience_stats(uuid[]) from public;
grant execute on function public.get_audience_stats(uuid[]) to authenticated, service_role;
