-- Lists are locked in order of their ids, so that statements that change several cannot deadlock.
create or replace function engine.add_campaigns_to_counts(p_changes engine.member_change[])
returns void
language plpgsql
security definer -- campaigns come and go by functions with other rights, and by cascade
set search_path = ''
as $$
begin
  perform from public.audience_lists as l
  inner join unnest(p_changes) as c on l.team_id = c.team_id and l.id = c.list_id
  order by l.team_id, l.id
  for no key update of l;
  update public.audience_lists as l
  set campaign_count = l.campaign_count + c.change
  from unnest(p_changes) as c
  where l.team_id = c.team_id and l.id = c.list_id;
end
$$;
comment on function engine.add_campaigns_to_counts(engine.member_change[]) is 'Adds to the campaign counts of lists.';
revoke all on function engine.add_campaigns_to_counts(engine.member_change[]) from public;
