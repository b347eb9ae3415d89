-- Where ranges of about so many accepted rows begin, in order of their numbers. One row in 64 is looked at, which is
-- plenty to cut alike, and sorts in no time. The first begins before all numbers, and is half as long as the others,
-- as is the last: who follows a range behind has soon something to do.
create or replace function engine.range_marks(p_team_id uuid, p_run_id uuid, p_rows_of_range integer)
returns text[]
language sql
stable
set search_path = ''
as $$
  with sample as materialized (
    select k.phone
    from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted' and k.row_number % 64 = 0
  ),
  ranges as (
    select min(s.phone) as first_phone
    from (
      select
        s.phone,
        round((row_number() over (order by s.phone) - 1) * n.ranges / n.rows) as place
      from sample as s
      cross join (
        select greatest(count(*), 1)::float8 as rows, nullif(round(count(*) * 64.0 / p_rows_of_range), 1)::float8 as ranges
        from sample
      ) as n
    ) as s
    group by s.place
    having s.place > 0
  )
  select array[''] || coalesce(array_agg(r.first_phone order by r.first_phone), '{}') from ranges as r
$$;
comment on function engine.range_marks(uuid, uuid, integer) is 'Numbers at which ranges of a run''s accepted rows begin, in order.';
revoke all on function engine.range_marks(uuid, uuid, integer) from public;
