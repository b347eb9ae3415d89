-- The tags of customers, as the mirror of ServiceTitan has them. A customer that was merged into another
-- has the tags of both.
create or replace function engine.customer_tags(p_team_id uuid, p_customer_ids bigint[])
returns table (customer_id bigint, tag_id bigint)
language sql
stable
set search_path = ''
as $$
  select i.id, t.tag_id
  from unnest(p_customer_ids) as i (id)
  inner join engine.servicetitan_customers as c on c.team_id = p_team_id and i.id = c.id
  left join engine.servicetitan_customers as m on c.team_id = m.team_id and c.merged_to_id = m.id
  cross join lateral unnest(c.tag_ids || coalesce(m.tag_ids, '{}')) as t (tag_id)
$$;
comment on function engine.customer_tags(uuid, bigint[]) is 'ServiceTitan''s tags of these customers, as far as they are mirrored.';
revoke all on function engine.customer_tags(uuid, bigint[]) from public;
