-- The numbers of some customers and of whoever was merged into them, in use or not.
create or replace function engine.customer_numbers(p_team_id uuid, p_customer_ids bigint[])
returns text[]
language sql
stable
set search_path = ''
as $$
  with recursive family as (
    select i.id from unnest(p_customer_ids) as i (id)
    union
    select c.id
    from family as f
    inner join engine.servicetitan_customers as c on c.team_id = p_team_id and c.merged_to_id = f.id
  )

  select array(
    select distinct c.phone
    from family as f
    inner join engine.servicetitan_contacts as c on c.team_id = p_team_id and c.customer_id = f.id
    where c.phone is not null
    order by c.phone
  )
$$;
comment on function engine.customer_numbers(uuid, bigint[]) is 'The numbers of customers and of those merged into them.';
revoke all on function engine.customer_numbers(uuid, bigint[]) from public;
