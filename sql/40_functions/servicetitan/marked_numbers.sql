-- Which of some numbers ServiceTitan marks: doNotText is said of the number itself, doNotService of the
-- customer who has it, under the id that the customer lives on. A contact that is out of use counts too:
-- who deletes a number has not said that it may be reached. Where nobody knows under which id a merged
-- customer lives on (it has not come yet, or the merges make a circle), every mark on the way counts.
create or replace function engine.marked_numbers(p_team_id uuid, p_reason text, p_phones text[])
returns text[]
language sql
stable
set search_path = ''
as $$
  with recursive owned as materialized (
    select c.phone, c.customer_id, c.do_not_text
    from unnest(p_phones) as p (phone)
    inner join engine.servicetitan_contacts as c on c.team_id = p_team_id and p.phone = c.phone
  ),

  -- union, not union all: a circle comes to an end
  lives as (
    select o.customer_id as owner_id, o.customer_id as id from owned as o where p_reason = 'do_not_service'
    union
    select l.owner_id, c.merged_to_id
    from lives as l
    inner join engine.servicetitan_customers as c on c.team_id = p_team_id and l.id = c.id
    where c.merged_to_id is not null
  ),

  marked as (
    select l.owner_id
    from lives as l
    inner join engine.servicetitan_customers as c on c.team_id = p_team_id and l.id = c.id
    group by l.owner_id
    having coalesce(
      bool_or(c.do_not_service) filter (where c.merged_to_id is null), bool_or(c.do_not_service)
    )
  )

  select array(
    select o.phone from owned as o where p_reason = 'do_not_text' and o.do_not_text
    union
    select o.phone from owned as o inner join marked as m on o.customer_id = m.owner_id
    order by 1
  )
$$;
comment on function engine.marked_numbers(uuid, text, text[]) is
'Those of some numbers that ServiceTitan marks (do_not_text, do_not_service), in order.';
revoke all on function engine.marked_numbers(uuid, text, text[]) from public;
