-- What happens in a campaign now, read from the counters: every enrolled contact is in exactly one of the
-- ended states or in active, and every active one has one open job, which is waiting, queued or in progress.
create or replace function engine.campaign_counts(p_team_id uuid, p_campaign_id uuid)
returns table (
  enrolled bigint, active bigint, waiting bigint, queued bigint, in_progress bigint, completed bigint, booked bigint,
  opted_out bigint, suppressed bigint, failed bigint, cancelled bigint
)
language sql
stable
set search_path = ''
as $$
  select
    p.enrolled, p.active, w.waiting, w.queued, w.in_progress, p.completed, p.booked, p.opted_out, p.suppressed, p.failed,
    p.cancelled
  from engine.count_people(array[p_team_id], array[p_campaign_id]) as p
  cross join (
    select
      coalesce(sum(n.waiting), 0)::bigint as waiting, coalesce(sum(n.queued), 0)::bigint as queued,
      coalesce(sum(n.in_progress), 0)::bigint as in_progress
    from engine.count_work(array[p_team_id], array[p_campaign_id]) as n
  ) as w
$$;
comment on function engine.campaign_counts(uuid, uuid) is
'Contacts and open jobs of a campaign by state, from the counters.';
revoke all on function engine.campaign_counts(uuid, uuid) from public;
