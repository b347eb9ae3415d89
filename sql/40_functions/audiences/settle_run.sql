-- When the rows of a large file are all checked, and before any of them is stored: what only all of them together
-- show, duplicates and who is left out, is marked, for every connection to see. Returns ranges of numbers in order,
-- each with how many people of it the team does not know yet; none when there is nothing to store.
create or replace function engine.settle_run(p_team_id uuid, p_run_id uuid, p_rows_of_range integer)
returns table (from_phone text, before_phone text, new_count bigint)
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
set work_mem = '64MB' -- a look into all contacts
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
declare
  v_run public.audience_runs := engine.join_run(p_team_id, p_run_id);
  v_marks text[];
begin
  -- These marks are a transaction of their own: what a crash takes of them the next try makes again.
  perform set_config('synchronous_commit', 'off', true);
  perform engine.check_run(p_team_id, p_run_id);
  perform engine.mark_duplicates(p_team_id, p_run_id);
  perform engine.mark_excluded(p_team_id, p_run_id, engine.exclusions_of_run(v_run));
  if not v_run.is_partial_allowed and exists (
    select from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'rejected'
  ) then
    return;
  end if;
  v_marks := engine.range_marks(p_team_id, p_run_id, p_rows_of_range);
  return query
  select v_marks[r.place], v_marks[r.place + 1], r.new_count
  from (
    select
      width_bucket(k.phone, v_marks) as place,
      count(*) filter (where c.id is null) as new_count
    from engine.checked_rows as k
    left join public.contacts as c on c.team_id = p_team_id and c.phone = k.phone
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
    group by 1
  ) as r
  order by r.place;
end
$$;
comment on function engine.settle_run(uuid, uuid, integer) is
'Marks duplicates and excluded people among the checked rows of a running run; ranges of numbers to store by, '
'[from, before), with how many contacts of each are new.';
revoke all on function engine.settle_run(uuid, uuid, integer) from public;
grant execute on function engine.settle_run(uuid, uuid, integer) to outbound_worker;
