-- When the clocks of a zone show a minute. One that is left out when they go forward counts as the first
-- minute after the gap; one that they show twice when they go back counts the first time only.
-- Postgres reads the former with the offset before the change, and the latter with the one after it.
create or replace function engine.wall_instant(p_wall timestamp, p_timezone text)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_at timestamptz := p_wall at time zone p_timezone;
  v_shown timestamp := v_at at time zone p_timezone;
  v_before timestamptz;
begin
  if v_shown <> p_wall then
    -- the change lies within the gap's length before what Postgres found
    return (
      select min(g.at)
      from generate_series(v_at - (v_shown - p_wall), v_at, interval '1 minute') as g (at)
      where (g.at at time zone p_timezone) - (g.at at time zone 'UTC') = v_shown - (v_at at time zone 'UTC')
    );
  end if;
  -- the offset of the day before, if the clocks went back since, shows this minute once before
  v_before := v_at - (((v_at - interval '24 hours') at time zone p_timezone) + interval '24 hours' - v_shown);
  if v_before < v_at and (v_before at time zone p_timezone) = p_wall then
    return v_before;
  end if;
  return v_at;
end
$$;
comment on function engine.wall_instant(timestamp, text) is
'The instant of a wall-clock minute: after a gap when it falls into one, the first of two in an overlap.';
revoke all on function engine.wall_instant(timestamp, text) from public;
