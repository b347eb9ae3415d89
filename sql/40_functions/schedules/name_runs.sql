-- Names of weekdays or months: three or more in a row become "Monday to Friday".
create or replace function engine.name_runs(p_numbers integer[], p_names text[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select engine.join_words(array_agg(w.word order by w.place))
  from engine.number_runs(p_numbers) as r
  cross join lateral (
    select r.low as place, p_names[r.low] || ' to ' || p_names[r.high] as word
    where r.high - r.low >= 2
    union all
    select g.n, p_names[g.n] from generate_series(r.low, r.high) as g (n)
    where r.high - r.low < 2
  ) as w
$$;
comment on function engine.name_runs(integer[], text[]) is 'Numbers from 1 by their names, three or more in a row as a range.';
revoke all on function engine.name_runs(integer[], text[]) from public;
