-- Where ranges of about so many accepted rows begin, in order of their numbers. One row in 64 is looked at, which is
-- plenty to cut alike, and sorts in no time. The first begins before all numbers.
create or replace function engine.range_marks(p_team_id uuid, p_run_id uuid, p_rows_of_range integer)
returns text[]
language sql
stable
set search_path = ''
as $$
  select array[''] || coalesce(array_agg(distinct s.phone collate "C" order by s.phone collate "C"), '{}')
  from (
    select k.phone, row_number() over (order by k.phone collate "C") as place
    from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted' and k.row_number % 64 = 0
  ) as s
  where s.place % greatest(p_rows_of_range / 64, 1) = 0
$$;
comment on function engine.range_marks(uuid, uuid, integer) is 'Numbers at which ranges of a run''s accepted rows begin, in order.';
revoke all on function engine.range_marks(uuid, uuid, integer) from public;
