-- Whether tags are as a condition wants them. Small enough to become part of the query that asks.
create or replace function engine.tags_fit(p_tags bigint[], p_any bigint[], p_all bigint[], p_none bigint[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select (p_any is null or p_tags && p_any) and (p_all is null or p_tags @> p_all) and (p_none is null or not p_tags && p_none)
$$;
comment on function engine.tags_fit(bigint[], bigint[], bigint[], bigint[]) is 'Whether tags have any, all and none of those asked for.';
revoke all on function engine.tags_fit(bigint[], bigint[], bigint[], bigint[]) from public;
