-- A campaign has a customer once, under whichever number. Of customers with several, those are left out who have their
-- place in it under another one already, and of those who come together all but the contact that the team has known
-- longest (the lowest id). Whoever is in it anyway is not asked about, and keeps nobody out but by the place she has.
create or replace function engine.doubled_numbers(
  p_campaign public.campaigns, p_candidates engine.candidate[], p_others engine.candidate[]
)
returns setof bigint
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  if cardinality(p_candidates) = 0 then
    return;
  end if;
  return query
  select o.ordinal
  from unnest(p_others) as o
  cross join lateral (
    select
    from engine.enrollments as e
    where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.contact_id = o.contact_id
      and engine.takes_place(e)
    offset 0 -- looked up for each contact by its key, whatever statistics say
  ) as e
  union
  select n.ordinal
  from (
    select k.ordinal, row_number() over (partition by k.customer_id order by k.contact_id) as place
    from (
      -- Merged customers have several ids: of all that belong together the lowest.
      select u.ordinal, min(u.customer_id) as customer_id, (array_agg(u.contact_id) filter (where u.is_own))[1] as contact_id
      from (
        select p.*, true as is_own from unnest(p_candidates) as p
        union all
        select o.*, false from unnest(p_others) as o
      ) as u
      group by u.ordinal
    ) as k
    where k.contact_id is not null and not exists (
      select from engine.enrollments as e
      where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.contact_id = k.contact_id
      offset 0
    )
  ) as n
  where n.place > 1;
end
$$;
comment on function engine.doubled_numbers(public.campaigns, engine.candidate[], engine.candidate[]) is
'Which of the candidates, who may be reached, a campaign has or takes under another number; p_others are those of their customers.';
revoke all on function engine.doubled_numbers(public.campaigns, engine.candidate[], engine.candidate[]) from public;
