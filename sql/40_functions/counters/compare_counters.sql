-- Where the counters of a campaign differ from its rows, all read in one statement and so in one snapshot.
create or replace function engine.compare_counters(p_campaign_id uuid)
returns table (counter text, of jsonb, counted bigint, recounted bigint)
language sql
stable
set search_path = ''
as $$
  with kept as (
    select 'counters' as counter, jsonb_build_array(c.node_id, c.state, c.outcome, c.due_at) as of, c.amount
    from engine.counted(array[p_campaign_id]) as c
    union all
    select 'audience', jsonb_build_array(a.timezone, a.reason, a.outcome, a.node_id), a.amount
    from engine.counted_audience(array[p_campaign_id]) as a
    union all
    select 'timeline ' || t.grain, jsonb_build_array(t.phase, t.starts_at), t.amount
    from engine.counted_timeline(p_campaign_id) as t
  ),

  moments as materialized (
    select m.phase, date_bin('1 minute', m.at, '2000-01-01 00:00+00') as at, count(*) as amount
    from engine.recount_timeline(p_campaign_id) as m
    group by 1, 2
  ),

  truth as (
    select 'counters' as counter, jsonb_build_array(c.node_id, c.state, c.outcome, c.due_at) as of, c.amount
    from engine.recount(p_campaign_id) as c
    union all
    select 'audience', jsonb_build_array(a.timezone, a.reason, a.outcome, a.node_id), a.amount
    from engine.recount_audience(p_campaign_id) as a
    union all
    select
      'timeline ' || g.grain, jsonb_build_array(m.phase, date_bin(g.length, m.at, '2000-01-01 00:00+00')), sum(m.amount)::bigint
    from moments as m
    cross join (
      values ('minute', interval '1 minute'), ('quarter_hour', '15 minutes'), ('hour', '1 hour')
    ) as g (grain, length)
    group by 1, 2
  )

  select coalesce(k.counter, t.counter), coalesce(k.of, t.of), coalesce(k.amount, 0), coalesce(t.amount, 0)
  from kept as k
  full join truth as t on k.counter = t.counter and k.of = t.of
  where coalesce(k.amount, 0) <> coalesce(t.amount, 0)
    -- What retention has dropped stays in the timeline, and has no rows to be counted from.
    and not (coalesce(k.counter, t.counter) like 'timeline%' and exists (
      select from engine.purged_jobs as p where p.campaign_id = p_campaign_id
    ))
$$;
comment on function engine.compare_counters(uuid) is
'Where counters, audience counters and timeline of a campaign differ from its rows; nothing when all is well.';
revoke all on function engine.compare_counters(uuid) from public;
