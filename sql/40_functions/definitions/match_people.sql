-- Which conditions about customers, their places and their memberships hold for whom.
create or replace function engine.match_people(p_team_id uuid, p_conditions engine.condition[])
returns table (path text, customer_id bigint)
language sql
stable
set search_path = ''
as $$
  with wishes as materialized (
    select k.customer_id, bool_or(not k.do_not_text) as can_text, bool_or(k.wants_marketing is false) as declines
    from engine.servicetitan_contacts as k
    where k.team_id = p_team_id and k.is_active and k.kind in ('Phone', 'MobilePhone')
      and exists (select from unnest(p_conditions) as q where q.do_not_text is not null or q.marketing is not null)
    group by k.customer_id
  )
  select q.path, c.id
  from unnest(p_conditions) as q
  inner join engine.servicetitan_customers as c on c.team_id = p_team_id
  left join wishes as w on c.id = w.customer_id
  where
    q.kind = 'customer' and c.is_active and c.merged_to_id is null
    and (q.words is null or c.kind = any(q.words))
    and engine.tags_fit(c.tag_ids, q.tags_any, q.tags_all, q.tags_none)
    and engine.zip_fits(c.postal_code, q.zips)
    and (q.amounts is null or q.amounts @> coalesce(c.balance, 0))
    and (q.created is null or q.created @> c.created_at)
    and (q.do_not_service is null or q.do_not_service = c.do_not_service)
    and (q.do_not_text is null or q.do_not_text = (w.can_text is not true))
    and (q.marketing is null or q.marketing = (w.declines is not true))
  union
  select q.path, l.customer_id
  from unnest(p_conditions) as q
  inner join engine.servicetitan_locations as l on l.team_id = p_team_id
  where
    q.kind = 'location' and l.is_active and l.merged_to_id is null
    and engine.tags_fit(l.tag_ids, q.tags_any, q.tags_all, q.tags_none)
    and engine.zip_fits(l.postal_code, q.zips)
  union
  select q.path, m.customer_id
  from unnest(p_conditions) as q
  inner join engine.servicetitan_memberships as m on m.team_id = p_team_id
  where
    q.kind = 'membership'
    -- an ended membership is inactive there, and what ended is what some ask for
    and (q.words is null or m.status = any(q.words))
    and (q.words is not null or m.is_active)
    and (q.type_ids is null or m.type_id = any(q.type_ids))
    and (q.business_units is null or m.business_unit_id = any(q.business_units))
    and (q.starts is null or q.starts @> m.starts_at)
    and (q.ends is null or q.ends @> m.ends_at)
$$;
comment on function engine.match_people(uuid, engine.condition[]) is
'(path, customer) of conditions on customers, locations and memberships.';
revoke all on function engine.match_people(uuid, engine.condition[]) from public;
