-- Whether numbers are evenly apart, and how far. Fewer than four are better named one by one.
create or replace function engine.even_step(p_numbers integer[])
returns integer
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when cardinality(p_numbers) >= 4 and min(d.step) = max(d.step) then min(d.step) end
  from (select u.n - lag(u.n) over (order by u.n) as step from unnest(p_numbers) as u (n)) as d
$$;
comment on function engine.even_step(integer[]) is 'The distance of four or more evenly spaced numbers, else null.';
revoke all on function engine.even_step(integer[]) from public;
