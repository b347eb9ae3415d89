-- Keeps the timeline equal to the moments of jobs: when the provider took the request, when a text arrived, and
-- when a call that somebody answered, or a text that somebody replied to, came to its end. Only changes count: jobs
-- are made without a past, and a move to the history or back happens to nobody.
create or replace function engine.time_changed_jobs()
returns trigger
language plpgsql
security definer -- whoever changes jobs changes their timeline
set search_path = ''
as $$
begin
  insert into engine.timeline_changes as t (
    team_id, campaign_id, starts_at, shard, dialled, sent, delivered, answered, replied
  )
  select
    c.team_id, c.campaign_id, date_trunc('minute', m.at), pg_backend_pid(),
    coalesce(sum(m.amount) filter (where m.phase = 'taken' and c.channel = 'call'), 0),
    coalesce(sum(m.amount) filter (where m.phase = 'taken' and c.channel = 'text'), 0),
    coalesce(sum(m.amount) filter (where m.phase = 'delivered'), 0),
    coalesce(sum(m.amount) filter (where m.phase = 'ended' and c.channel = 'call'), 0),
    coalesce(sum(m.amount) filter (where m.phase = 'ended' and c.channel = 'text'), 0)
  from (
    select
      n.team_id, n.campaign_id, n.channel, n.dispatched_at, n.delivered_at, o.dispatched_at as old_dispatched_at,
      o.delivered_at as old_delivered_at,
      case
        when n.status = 'DONE' and (
          (n.channel = 'call' and n.outcome in ('answered', 'booked', 'opted_out'))
          or (n.channel = 'text' and n.outcome in ('replied', 'opted_in'))
        ) then n.finished_at
      end as heard_at
    from new_rows as n
    inner join old_rows as o on n.id = o.id
    where n.dispatched_at is distinct from o.dispatched_at or n.delivered_at is distinct from o.delivered_at
      or (n.status = 'DONE' and o.status <> 'DONE')
  ) as c
  cross join lateral (
    values
    ('taken', c.dispatched_at, 1), ('taken', c.old_dispatched_at, -1),
    ('delivered', c.delivered_at, 1), ('delivered', c.old_delivered_at, -1),
    ('ended', c.heard_at, 1)
  ) as m (phase, at, amount)
  where m.at is not null and (m.phase = 'ended' or c.dispatched_at is distinct from c.old_dispatched_at
    or c.delivered_at is distinct from c.old_delivered_at)
  group by 1, 2, 3
  on conflict on constraint timeline_changes_pk do update set
    dialled = t.dialled + excluded.dialled, sent = t.sent + excluded.sent, delivered = t.delivered + excluded.delivered,
    answered = t.answered + excluded.answered, replied = t.replied + excluded.replied;
  return null;
end
$$;
comment on function engine.time_changed_jobs() is 'Trigger: what happened to jobs, by minute.';
revoke all on function engine.time_changed_jobs() from public;
