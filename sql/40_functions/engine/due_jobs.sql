-- Due jobs that a worker could take now, and when there is room again for those that it could not. What waits for a
-- free line, for its account's pace, for its number's caps or for what was taken from its campaign (engine.sending_hold)
-- is not work for now. Counted from the counters.
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
    select w.team_id, i.id as integration_id, w.channel, w.phone_number_id, sum(w.due)::bigint as due
    from (
      select
        c.team_id, n.type::text::public.contact_channel as channel, c.phone_number_id, c.workflow_id, sum(d.amount) as due
      from public.campaigns as c
      inner join engine.due_counters as d on c.team_id = d.team_id and c.id = d.campaign_id and d.due_at <= engine.now()
      inner join public.workflow_nodes as n
        on c.team_id = n.team_id and c.workflow_id = n.workflow_id and d.node_id = n.id
      where c.status = 'ACTIVE'
      group by 1, 2, 3, 4
      having sum(d.amount) > 0
      offset 0 -- asked of what is due, not of every node: a trigger has no channel
    ) as w
    inner join public.integrations as i on w.team_id = i.team_id and i.provider = engine.provider_for(w.channel)
    where engine.sending_hold(w.team_id, w.workflow_id, w.phone_number_id, w.channel) is null
    group by 1, 2, 3, 4
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
