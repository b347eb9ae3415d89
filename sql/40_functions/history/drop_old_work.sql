-- What people were enrolled for in ServiceTitan, and whether it was cancelled, as long as anything may come of it. Of a
-- campaign that is over it goes after the history, without which nobody's journey is opened again; those of campaigns
-- that run are looked through by each watch (engine.start_watch). A job goes when no refresh has matched it for as long
-- and nobody is enrolled for it; one that is needed is looked at again after that time. A batch at each tick; what is
-- locked is left to a later one.
create or replace function engine.drop_old_work(p_limit integer default 5000)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_before constant timestamptz := engine.work_kept_since();
  v_bound integer;
  v_known integer;
begin
  delete from engine.enrollment_work as b
  using (
    select w.team_id, w.enrollment_id, w.kind
    from public.campaigns as c
    inner join engine.enrollment_work as w on c.team_id = w.team_id and c.id = w.campaign_id
    where c.ended_at < v_before and not exists (
      select from engine.enrollments as e where e.team_id = c.team_id and e.campaign_id = c.id and e.status = 'ACTIVE'
    )
    limit p_limit
    for update of w skip locked
  ) as o
  where b.team_id = o.team_id and b.enrollment_id = o.enrollment_id and b.kind = o.kind;
  get diagnostics v_bound = row_count;

  with old as materialized (
    select w.team_id, w.kind, w.id, exists (
      select from engine.enrollment_work as b where b.team_id = w.team_id and b.kind = w.kind and b.servicetitan_id = w.id
    ) as is_needed
    from engine.servicetitan_work as w
    where w.kept_at < v_before
    order by w.kept_at
    limit p_limit
    for update skip locked
  ),

  kept as (
    update engine.servicetitan_work as w
    set kept_at = engine.now()
    from old as o
    where o.is_needed and w.team_id = o.team_id and w.kind = o.kind and w.id = o.id
  )

  delete from engine.servicetitan_work as w
  using old as o
  where not o.is_needed and w.team_id = o.team_id and w.kind = o.kind and w.id = o.id;
  get diagnostics v_known = row_count;
  return v_bound + v_known;
end
$$;
comment on function engine.drop_old_work(integer) is
'Removes what nobody is enrolled for any more of the jobs and appointments of ServiceTitan; returns how many rows.';
revoke all on function engine.drop_old_work(integer) from public;
