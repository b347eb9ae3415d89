-- The number by which each customer is reached. Of the phones that are in use and not fax:
-- 1. for texts, those marked doNotText are passed over; for marketing, those that decline it;
-- 2. numbers that may be dialled come before those that may not;
-- 3. where it is not said what for, those that may be texted come first;
-- 4. mobile phones before others; 5. the most recently modified; 6. the latest entered.
-- A customer whose numbers were all passed over has a problem instead of a number.
create or replace function engine.choose_phones(p_team_id uuid, p_customer_ids bigint[], p_use text, p_purpose text)
returns table (customer_id bigint, phone text, problem text)
language sql
stable
set search_path = ''
as $$
  with phones as materialized (
    select
      v.living_id,
      c.*,
      (p_use = 'text' and c.do_not_text) as is_not_for_texts,
      (p_purpose = 'marketing' and c.wants_marketing is false) as is_not_for_marketing
    from engine.living_customers(p_team_id) as v
    inner join engine.servicetitan_contacts as c on c.team_id = p_team_id and v.id = c.customer_id
    where v.living_id = any(p_customer_ids) and c.is_active and c.kind in ('MobilePhone', 'Phone')
  ),
  chosen as (
    select distinct on (p.living_id) p.living_id, coalesce(p.phone, p.value) as phone
    from phones as p
    where not p.is_not_for_texts and not p.is_not_for_marketing
    order by
      p.living_id, p.phone is null, p_use = 'any' and p.do_not_text, p.kind = 'Phone', p.modified_at desc nulls last,
      p.id desc
  ),
  passed_over as (
    select p.living_id, bool_and(p.is_not_for_texts) as are_not_for_texts from phones as p group by p.living_id
  )
  select
    i.customer_id,
    c.phone,
    case
      when c.phone is not null or o.living_id is null then null
      when o.are_not_for_texts then 'phone_do_not_text'
      else 'phone_declines_marketing'
    end
  from unnest(p_customer_ids) as i (customer_id)
  left join chosen as c on i.customer_id = c.living_id
  left join passed_over as o on i.customer_id = o.living_id
$$;
comment on function engine.choose_phones(uuid, bigint[], text, text) is
'The number of each customer for a use (any, call, text) and a purpose (marketing, service), or why there is none.';
revoke all on function engine.choose_phones(uuid, bigint[], text, text) from public;
