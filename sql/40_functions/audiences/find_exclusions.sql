-- Who of a set of people is left out, and why: the one rule for whatever fills a list and for launches.
-- One reason each, the first in this order: the number, another list, a campaign, a tag, a call or text
-- that a provider took or may have taken, a booking. What a customer did or was sent counts whichever of her numbers
-- it was (engine.same_customers); only a number that is left out is that number.
create or replace function engine.find_exclusions(
  p_team_id uuid, p_exclusions jsonb, p_candidates engine.candidate[], p_others engine.candidate[] default null
)
returns table (ordinal bigint, reason text)
language plpgsql
stable
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_list_ids uuid[] := array(select jsonb_array_elements_text(p_exclusions -> 'list_ids'))::uuid[];
  v_campaign_ids uuid[] := array(select jsonb_array_elements_text(p_exclusions -> 'campaign_ids'))::uuid[];
  v_tags bigint[] := array(select jsonb_array_elements_text(p_exclusions -> 'tags'))::bigint[];
  v_contacted_since timestamptz := engine.now() - engine.parse_duration(p_exclusions ->> 'contacted_within');
  v_booked_since timestamptz := case
    when p_exclusions -> 'already_booked' = 'true' then '-infinity'
    else engine.now() - engine.parse_duration(p_exclusions ->> 'booked_within')
  end;
begin
  return query
  with people as materialized (
    select p.*, true as is_own from unnest(p_candidates) as p
    union all
    select o.*, false from unnest(coalesce(p_others, array(select s from engine.same_customers(p_team_id, p_candidates) as s))) as o
  ),

  found as (
    select p.ordinal, 1 as place, 'excluded_phone' as reason
    from people as p
    where p_exclusions ? 'phones' and p.is_own
      and p.phone in (select jsonb_array_elements_text(p_exclusions -> 'phones'))
    union all
    select p.ordinal, 2, 'excluded_in_list'
    from people as p
    where v_list_ids <> '{}' and exists (
      select from public.audience_members as m
      where m.team_id = p_team_id and m.list_id = any(v_list_ids) and m.contact_id = p.contact_id
    )
    union all
    select p.ordinal, 3, 'excluded_in_campaign'
    from people as p
    where v_campaign_ids <> '{}' and exists (
      select from engine.enrollments as e
      where e.team_id = p_team_id and e.campaign_id = any(v_campaign_ids) and e.contact_id = p.contact_id
    )
    union all
    select p.ordinal, 4, 'excluded_tag'
    from people as p
    where v_tags <> '{}' and p.customer_id in (
      select t.customer_id
      from engine.customer_tags(p_team_id, array(select c.customer_id from people as c where c.customer_id is not null)) as t
      where t.tag_id = any(v_tags)
    )
    union all
    select p.ordinal, 5, 'excluded_recently_contacted'
    from people as p
    where v_contacted_since is not null and exists (
      select
      from engine.contacts_made as k
      where k.team_id = p_team_id and k.phone = p.phone and k.begun_at >= v_contacted_since
    )
    union all
    select p.ordinal, 6, 'excluded_booked'
    from people as p
    where v_booked_since is not null and exists (
      select from engine.enrollments as e
      where e.team_id = p_team_id and e.contact_id = p.contact_id and e.booked_at >= v_booked_since
    )
  )

  select distinct on (f.ordinal) f.ordinal, f.reason from found as f order by f.ordinal, f.place;
end
$$;
comment on function engine.find_exclusions(uuid, jsonb, engine.candidate[], engine.candidate[]) is
'Which of the candidates are left out, and the code in reference.import_problems that says why. p_others: their customers'' other '
'contacts, where the caller has them.';
revoke all on function engine.find_exclusions(uuid, jsonb, engine.candidate[], engine.candidate[]) from public;
