-- A refresh replaces: whoever it did not find, or found and cannot use, leaves the list. What campaigns
-- have begun with them goes on.
create or replace function engine.remove_members(p_run public.audience_runs)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_removed bigint;
begin
  delete from public.audience_members as m
  where
    m.team_id = p_run.team_id and m.list_id = p_run.list_id
    and m.contact_id not in (
      select c.id
      from engine.checked_rows as k
      inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
      where k.team_id = p_run.team_id and k.run_id = p_run.id and k.verdict = 'accepted'
    );
  get diagnostics v_removed = row_count;
  return v_removed;
end
$$;
comment on function engine.remove_members(public.audience_runs) is 'Removes the members of a list that its run did not store; returns how many.';
revoke all on function engine.remove_members(public.audience_runs) from public;
