-- The timeline of campaigns, added up between borders that no row of the coarsest grain may cross: hours that a
-- border cuts are read by the quarter. What has not been folded is added from where it waits.
create or replace function engine.sum_timeline(
  p_team_ids uuid[], p_campaign_ids uuid[], p_starts timestamptz[], p_grain text
)
returns table (
  place integer, enrolled bigint, dialled bigint, answered bigint, sent bigint, delivered bigint, replied bigint,
  booked bigint, opted_out bigint, failed bigint
)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_from constant timestamptz := p_starts[1];
  v_to constant timestamptz := p_starts[cardinality(p_starts)];
  v_cut timestamptz[] := array(
    select distinct h.at
    from (select s.at as border, date_bin('1 hour', s.at, '2000-01-01 00:00+00') as at from unnest(p_starts) as s (at)) as h
    where p_grain = 'hour' and h.border <> h.at
  );
begin
  return query
  with told as (
    select t.starts_at as at, t.enrolled, t.dialled, t.answered, t.sent, t.delivered, t.replied, t.booked, t.opted_out, t.failed
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    inner join engine.timeline as t
      on a.team_id = t.team_id and a.campaign_id = t.campaign_id and t.grain = p_grain
        and t.starts_at >= v_from and t.starts_at < v_to
    left join unnest(v_cut) as c (at) on t.starts_at = c.at
    where c.at is null
    union all
    select t.starts_at, t.enrolled, t.dialled, t.answered, t.sent, t.delivered, t.replied, t.booked, t.opted_out, t.failed
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    cross join unnest(v_cut) as c (at)
    inner join engine.timeline as t
      on a.team_id = t.team_id and a.campaign_id = t.campaign_id and t.grain = 'quarter_hour'
        and t.starts_at >= greatest(c.at, v_from) and t.starts_at < least(c.at + interval '1 hour', v_to)
    union all
    select t.starts_at, t.enrolled, t.dialled, t.answered, t.sent, t.delivered, t.replied, t.booked, t.opted_out, t.failed
    from unnest(p_team_ids, p_campaign_ids) as a (team_id, campaign_id)
    inner join engine.timeline_changes as t
      on a.team_id = t.team_id and a.campaign_id = t.campaign_id and t.starts_at >= v_from and t.starts_at < v_to
  )

  select
    width_bucket(t.at, p_starts), sum(t.enrolled)::bigint, sum(t.dialled)::bigint, sum(t.answered)::bigint,
    sum(t.sent)::bigint, sum(t.delivered)::bigint, sum(t.replied)::bigint, sum(t.booked)::bigint, sum(t.opted_out)::bigint,
    sum(t.failed)::bigint
  from told as t
  group by 1;
end
$$;
comment on function engine.sum_timeline(uuid[], uuid[], timestamptz[], text) is
'Phases of campaigns between borders: place n is from the nth border to the next; places without anything are left out.';
revoke all on function engine.sum_timeline(uuid[], uuid[], timestamptz[], text) from public;
