-- Who of a campaign's members is left out when they are enrolled, and why: the one rule for launches, for who
-- comes later, and for the preflight. One reason each, in this order: targeting, exclusions, what forbids
-- reaching the number on the channel of the first step, a time zone that nobody knows, and who of those that are
-- left is a customer whom the campaign has under another number.
create or replace function engine.judge_members(
  p_campaign public.campaigns, p_channel public.contact_channel, p_contact_ids uuid[]
)
returns table (contact_id uuid, phone text, timezones text[], regions text[], reason_code text, timezone text)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  with people as materialized (
    select
      a.place, p.id, p.phone, p.timezones, p.regions, coalesce(p.timezone, p.timezones[1]) as timezone,
      (a.place, p.id, p.phone, p.servicetitan_customer_id)::engine.candidate as candidate
    from unnest(p_contact_ids) with ordinality as a (id, place)
    inner join public.contacts as p on a.id = p.id and p.team_id = p_campaign.team_id
  ),

  others as materialized (
    select o.ordinal, o as candidate
    from engine.same_customers(p_campaign.team_id, array(select k.candidate from people as k)) as o
  ),

  targeted as materialized (
    select t.contact_id
    from engine.targeted_contacts(p_campaign.team_id, p_campaign.list_id, p_campaign.targeting, p_contact_ids) as t
    where p_campaign.targeting <> '{}'
  ),

  excluded as materialized (
    select x.ordinal, x.reason
    from engine.find_exclusions(
      p_campaign.team_id, p_campaign.exclusions, array(select k.candidate from people as k),
      array(select o.candidate from others as o)
    ) as x
    where p_campaign.exclusions <> '{}'
  ),

  -- Mostly nobody has two numbers, and this is read once.
  judged as not materialized (
    select p.*, case
      when p_campaign.targeting <> '{}' and t.contact_id is null then 'not_targeted'
      when x.reason is not null then x.reason
      when s.reason is not null then 'suppressed_' || s.reason
      when cardinality(p.timezones) = 0 then 'timezone_unknown'
    end as reason
    from people as p
    left join targeted as t on p.id = t.contact_id
    left join excluded as x on p.place = x.ordinal
    left join lateral (
      select u.reason
      from public.suppressions as u
      where u.team_id = p_campaign.team_id and u.phone = p.phone and u.channel = p_channel
      order by u.reason desc
      limit 1
    ) as s on true
  ),

  doubled as materialized (
    select d.ordinal
    from engine.doubled_numbers(
      p_campaign, array(
        select j.candidate from judged as j
        where exists (select from others) and j.reason is null and j.place in (select o.ordinal from others as o)
      ), array(select o.candidate from others as o)
    ) as d (ordinal)
  )

  select
    j.id, j.phone, j.timezones, j.regions, coalesce(j.reason, case when d.ordinal is not null then 'same_customer' end),
    j.timezone
  from judged as j
  left join doubled as d on j.place = d.ordinal;
end
$$;
comment on function engine.judge_members(public.campaigns, public.contact_channel, uuid[]) is
'Each of the contacts with the reason for which the campaign does not contact them; null: it does.';
revoke all on function engine.judge_members(public.campaigns, public.contact_channel, uuid[]) from public;
