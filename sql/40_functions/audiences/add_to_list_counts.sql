-- By how much the members or the campaigns of lists changed. Lists are locked in order of their ids, so that
-- statements that change several cannot deadlock.
create or replace function engine.add_to_list_counts(
  p_members engine.list_change[], p_campaigns engine.list_change[]
)
returns void
language plpgsql
security definer -- members and campaigns come and go by functions with other rights, and by cascade
set search_path = ''
as $$
begin
  perform from public.audience_lists as l
  inner join unnest(p_members || p_campaigns) as c on l.team_id = c.team_id and l.id = c.list_id
  order by l.team_id, l.id
  for no key update of l;
  update public.audience_lists as l
  set member_count = l.member_count + c.members, campaign_count = l.campaign_count + c.campaigns
  from (
    select u.team_id, u.list_id, sum(u.members) as members, sum(u.campaigns) as campaigns
    from (
      select m.team_id, m.list_id, m.change as members, 0 as campaigns from unnest(p_members) as m
      union all
      select k.team_id, k.list_id, 0, k.change from unnest(p_campaigns) as k
    ) as u
    group by u.team_id, u.list_id
  ) as c
  where l.team_id = c.team_id and l.id = c.list_id;
end
$$;
comment on function engine.add_to_list_counts(engine.list_change[], engine.list_change[]) is
'Adds to the member counts and the campaign counts of lists.';
revoke all on function engine.add_to_list_counts(engine.list_change[], engine.list_change[]) from public;
