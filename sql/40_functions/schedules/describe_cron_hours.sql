-- The hours in which something happens again and again: "between 09:00 and 17:59". Empty for all hours.
create or replace function engine.describe_cron_hours(p_hours integer[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when cardinality(p_hours) = 24 then ''
    when engine.even_step(p_hours) > 1 then format(
      ' in every %s hour from %s:00 to %s:59', case engine.even_step(p_hours) when 2 then '2nd' when 3 then '3rd'
        else engine.even_step(p_hours) || 'th' end,
      to_char(p_hours[1], 'FM00'), to_char(p_hours[cardinality(p_hours)], 'FM00')
    )
    else (
      select ' ' || engine.join_words(array_agg(
        format('between %s:00 and %s:59', to_char(r.low, 'FM00'), to_char(r.high, 'FM00')) order by r.low
      ))
      from engine.number_runs(p_hours) as r
    )
  end
$$;
comment on function engine.describe_cron_hours(integer[]) is 'Hours in words, to follow what happens in them.';
revoke all on function engine.describe_cron_hours(integer[]) from public;
