-- Numbers in order as runs without a hole.
create or replace function engine.number_runs(p_numbers integer[])
returns table (low integer, high integer)
language sql
immutable
parallel safe
set search_path = ''
as $$
  select min(r.n), max(r.n)
  from (select u.n, u.n - row_number() over (order by u.n) as run from unnest(p_numbers) as u (n)) as r
  group by r.run
  order by r.run
$$;
comment on function engine.number_runs(integer[]) is 'The runs of consecutive numbers, first and last, in order.';
revoke all on function engine.number_runs(integer[]) from public;
