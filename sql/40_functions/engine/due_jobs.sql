-- Due jobs that a worker could take now, and when there is room again for those that it could not: what
-- waits for a free line, for its account's pace or for its number's caps is not work for now.
create or replace function engine.due_jobs()
returns table (due bigint, frees_at timestamptz)
language plpgsql -- whose plans are kept: a driver of the clock asks this at every step
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with waiting as materialized (
    select j.team_id, j.integration_id, j.channel, c.phone_number_id, count(*) as due
    from engine.jobs as j
    inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    where j.status = 'READY' and j.run_at <= engine.now() and c.status = 'ACTIVE'
    group by j.team_id, j.integration_id, j.channel, c.phone_number_id
  ),

  numbers as materialized (
    select w.team_id, w.integration_id, w.channel, greatest(least(
      w.due, r.free - engine.leased_jobs(f.team_id, null, f.id)
    ), 0) as due, case when r.free = 0 then r.frees_at end as frees_at
    from waiting as w
    inner join public.phone_numbers as f on w.team_id = f.team_id and w.phone_number_id = f.id
    left join lateral engine.number_room(f) as r on true
  ),

  accounts as materialized (
    select
      greatest(least(n.due, engine.free_lines(i, n.channel)), 0) as due,
      least(n.frees_at, case when r.free = 0 then r.frees_at end) as frees_at
    from (
      select team_id, integration_id, channel, sum(due)::bigint as due, min(frees_at) as frees_at
      from numbers
      group by team_id, integration_id, channel
    ) as n
    inner join public.integrations as i on n.team_id = i.team_id and n.integration_id = i.id and i.status = 'ACTIVE'
    left join lateral engine.account_room(i) as r on true
  )

  select coalesce(sum(a.due), 0)::bigint, min(a.frees_at) from accounts as a;
end
$$;
comment on function engine.due_jobs() is
'Due jobs that there is room for now, and when there is room for others of them (null: nothing waits for caps or paces).';
revoke all on function engine.due_jobs() from public;
