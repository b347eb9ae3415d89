-- The timeline of a campaign as it is read, by phase, for each grain: rows and what is not folded yet.
create or replace function engine.counted_timeline(p_campaign_id uuid)
returns table (grain text, phase text, starts_at timestamptz, amount bigint)
language sql
stable
set search_path = ''
as $$
  with told as (
    select
      t.grain, t.starts_at, t.enrolled, t.dialled, t.answered, t.sent, t.delivered, t.replied, t.booked, t.opted_out, t.failed,
      t.completed
    from public.campaigns as c
    inner join engine.timeline as t on c.team_id = t.team_id and c.id = t.campaign_id
    where c.id = p_campaign_id
    union all
    select
      g.grain, date_bin(g.length, t.starts_at, '2000-01-01 00:00+00'), t.enrolled, t.dialled, t.answered, t.sent, t.delivered,
      t.replied, t.booked, t.opted_out, t.failed, t.completed
    from public.campaigns as c
    inner join engine.timeline_changes as t on c.team_id = t.team_id and c.id = t.campaign_id
    cross join (
      values ('minute', interval '1 minute'), ('quarter_hour', '15 minutes'), ('hour', '1 hour')
    ) as g (grain, length)
    where c.id = p_campaign_id
  )

  select t.grain, p.phase, t.starts_at, sum(p.amount)::bigint
  from told as t
  cross join lateral (
    values
    ('enrolled', t.enrolled), ('dialled', t.dialled), ('answered', t.answered), ('sent', t.sent), ('delivered', t.delivered),
    ('replied', t.replied), ('booked', t.booked), ('opted_out', t.opted_out), ('failed', t.failed), ('completed', t.completed)
  ) as p (phase, amount)
  group by 1, 2, 3
  having sum(p.amount) <> 0
$$;
comment on function engine.counted_timeline(uuid) is 'Phases of a campaign by minute, quarter of an hour and hour, from the timeline.';
revoke all on function engine.counted_timeline(uuid) from public;
