-- The members of a campaign's list as a launch at this moment would judge them (engine.judge_members), counted
-- by the reason and, of those who would be contacted, by the calendar that they have; and how many of them the
-- team has contacted as often as its cap allows.
create or replace function engine.preflight_people(p_campaign public.campaigns, p_channel public.contact_channel)
returns table (reason_code text, timezones text[], regions text[], people bigint, capped bigint)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_team public.teams;
begin
  select * into v_team from public.teams as t where t.id = p_campaign.team_id;
  return query
  select
    j.reason_code, case when j.reason_code is null then j.timezones end, case when j.reason_code is null then j.regions end,
    count(*), count(*) filter (where j.reason_code is null and k.contacts >= v_team.frequency_limit)
  from engine.judge_members(p_campaign, p_channel, array(
    select m.contact_id from public.audience_members as m
    where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id
  )) as j
  left join lateral (
    select count(*) as contacts
    from engine.contacts_made as c
    where c.team_id = p_campaign.team_id and c.phone = j.phone
      and c.begun_at > engine.later(engine.now(), -v_team.frequency_window)
  ) as k on v_team.frequency_limit is not null
  group by 1, 2, 3;
end
$$;
comment on function engine.preflight_people(public.campaigns, public.contact_channel) is
'Members by what a launch would do with them: by reason, and without one by time zones and regions.';
revoke all on function engine.preflight_people(public.campaigns, public.contact_channel) from public;
