-- audience_lists.campaign_count is exact at every commit, as member_count is; see count_members.sql. A
-- campaign that has not started may change its list. Most updates change no list, and cost no lock.
create or replace function engine.count_campaigns()
returns trigger
language plpgsql
security definer -- campaigns are written by functions of other owners' rights
set search_path = ''
as $$
declare
  v_changes engine.list_change[];
begin
  if tg_op = 'INSERT' then
    select array_agg((r.team_id, r.list_id, r.campaigns)::engine.list_change) into v_changes
    from (select n.team_id, n.list_id, count(*) as campaigns from new_rows as n group by n.team_id, n.list_id) as r;
  elsif tg_op = 'DELETE' then
    select array_agg((r.team_id, r.list_id, -r.campaigns)::engine.list_change) into v_changes
    from (select o.team_id, o.list_id, count(*) as campaigns from old_rows as o group by o.team_id, o.list_id) as r;
  else
    select array_agg((r.team_id, r.list_id, r.change)::engine.list_change) into v_changes
    from (
      select c.team_id, c.list_id, sum(c.change)::bigint as change
      from (
        select n.team_id, n.list_id, 1 as change from new_rows as n
        union all
        select o.team_id, o.list_id, -1 from old_rows as o
      ) as c
      group by c.team_id, c.list_id
      having sum(c.change) <> 0
    ) as r;
  end if;
  if v_changes is not null then
    perform engine.add_to_list_counts('{}', v_changes);
  end if;
  return null;
end
$$;
comment on function engine.count_campaigns() is 'Keeps audience_lists.campaign_count equal to the number of campaigns.';
revoke all on function engine.count_campaigns() from public;
