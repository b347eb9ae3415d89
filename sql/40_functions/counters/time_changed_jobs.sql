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
  select k.*
  from (
    select
      r.team_id, r.campaign_id, date_trunc('minute', m.at), pg_backend_pid(),
      coalesce(sum(r.amount) filter (where m.phase = 'taken' and r.channel = 'call'), 0) as dialled,
      coalesce(sum(r.amount) filter (where m.phase = 'taken' and r.channel = 'text'), 0) as sent,
      coalesce(sum(r.amount) filter (where m.phase = 'delivered'), 0) as delivered,
      coalesce(sum(r.amount) filter (where m.phase = 'ended' and r.channel = 'call'), 0) as answered,
      coalesce(sum(r.amount) filter (where m.phase = 'ended' and r.channel = 'text'), 0) as replied
    from (
      -- What is true before and after adds up to nothing, so nobody has to be found again among the old rows. Mostly
      -- that is all of them, or all moments are the same: what is left is looked at phase by phase.
      select
        w.team_id, w.campaign_id, w.channel, w.dispatched_at, w.delivered_at,
        case
          when w.status = 'DONE' and (
            (w.channel = 'call' and w.outcome in ('answered', 'booked', 'opted_out'))
            or (w.channel = 'text' and w.outcome in ('replied', 'opted_in'))
          ) then w.finished_at
        end as ended_at, sum(w.amount) as amount
      from (
        select
          n.team_id, n.campaign_id, n.channel, n.status, n.outcome, n.dispatched_at, n.delivered_at, n.finished_at, 1 as amount
        from new_rows as n
        where coalesce(n.dispatched_at, n.delivered_at, n.finished_at) is not null
        union all
        select o.team_id, o.campaign_id, o.channel, o.status, o.outcome, o.dispatched_at, o.delivered_at, o.finished_at, -1
        from old_rows as o
        where coalesce(o.dispatched_at, o.delivered_at, o.finished_at) is not null
      ) as w
      group by 1, 2, 3, 4, 5, 6
      having sum(w.amount) <> 0
    ) as r
    cross join lateral (
      values
      ('taken', r.dispatched_at), ('delivered', r.delivered_at), ('ended', r.ended_at)
    ) as m (phase, at)
    where m.at is not null
    group by 1, 2, 3
  ) as k
  where k.dialled <> 0 or k.sent <> 0 or k.delivered <> 0 or k.answered <> 0 or k.replied <> 0
  on conflict on constraint timeline_changes_pk do update set
    dialled = t.dialled + excluded.dialled, sent = t.sent + excluded.sent, delivered = t.delivered + excluded.delivered,
    answered = t.answered + excluded.answered, replied = t.replied + excluded.replied;
  return null;
end
$$;
comment on function engine.time_changed_jobs() is 'Trigger: what happened to jobs, by minute.';
revoke all on function engine.time_changed_jobs() from public;
