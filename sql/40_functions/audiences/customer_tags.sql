-- The tags of customers, as far as they have been read.
create or replace function engine.customer_tags(p_team_id uuid, p_customer_ids bigint[])
returns table (customer_id bigint, tag_id bigint)
language sql
stable
set search_path = ''
as $$
  select c.id, t.tag_id
  from unnest(p_customer_ids) as i (id)
  inner join engine.servicetitan_customers as c on c.team_id = p_team_id and i.id = c.id
  cross join lateral unnest(c.tag_ids) as t (tag_id)
$$;
comment on function engine.customer_tags(uuid, bigint[]) is 'ServiceTitan''s tags of these customers.';
revoke all on function engine.customer_tags(uuid, bigint[]) from public;
