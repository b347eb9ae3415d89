-- The tags of customers, as far as a source of them has been read.
create or replace function engine.customer_tags(p_team_id uuid, p_customer_ids bigint[])
returns table (customer_id bigint, tag_id bigint)
language sql
stable
set search_path = ''
as $$
  select null::bigint, null::bigint
  where p_team_id is null and p_customer_ids is null
$$;
comment on function engine.customer_tags(uuid, bigint[]) is 'ServiceTitan''s tags of these customers.';
revoke all on function engine.customer_tags(uuid, bigint[]) from public;
