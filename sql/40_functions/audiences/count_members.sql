-- audience_lists.member_count is exact at every commit: whatever changes members changes it in the same
-- transaction, one update for a statement, in order of the lists' ids.
create or replace function engine.count_members()
returns trigger
language plpgsql
security definer -- members are written by functions of other owners' rights
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform engine.add_to_list_counts((
      select array_agg((r.team_id, r.list_id, r.members)::engine.list_change)
      from (select n.team_id, n.list_id, count(*) as members from new_rows as n group by n.team_id, n.list_id) as r
    ), '{}');
  else
    perform engine.add_to_list_counts((
      select array_agg((r.team_id, r.list_id, -r.members)::engine.list_change)
      from (select o.team_id, o.list_id, count(*) as members from old_rows as o group by o.team_id, o.list_id) as r
    ), '{}');
  end if;
  return null;
end
$$;
comment on function engine.count_members() is 'Keeps audience_lists.member_count equal to the number of members.';
revoke all on function engine.count_members() from public;
