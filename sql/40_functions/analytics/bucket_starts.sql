-- Where the buckets begin that a range is in, by the clocks of a zone, and where the last one ends. Days, weeks and
-- months begin when the clocks first show their midnight, or right after it when they leave it out. An hour begins
-- when the clocks show another hour, or go to another offset: when they go back there are two of the same name, and
-- both are there. Minutes and quarters are the same everywhere, because offsets are whole quarters of an hour.
create or replace function engine.bucket_starts(
  p_from timestamptz, p_to timestamptz, p_bucket text, p_timezone text
)
returns timestamptz[]
language plpgsql
stable
set search_path = ''
as $$
declare
  c_origin constant timestamptz := timestamptz '2000-01-01 00:00+00';
  v_step constant interval := case p_bucket
    when 'minute' then interval '1 minute' when 'quarter_hour' then interval '15 minutes' when 'hour' then interval '15 minutes'
    else ('1 ' || p_bucket)::interval
  end;
  v_starts timestamptz[];
begin
  if p_bucket in ('minute', 'quarter_hour') then
    return array(select g.at from generate_series(date_bin(v_step, p_from, c_origin), p_to + v_step, v_step) as g (at)
      where g.at < p_to + v_step);
  elsif p_bucket = 'hour' then
    v_starts := array(
      select min(g.at)
      from generate_series(
        date_bin(v_step, p_from, c_origin) - interval '3 hours', p_to + interval '3 hours', v_step
      ) as g (at)
      group by date_trunc('hour', g.at at time zone p_timezone), (g.at at time zone p_timezone) - (g.at at time zone 'UTC')
      order by 1
    );
  else
    v_starts := array(
      select distinct case
        -- no change of clocks in sight
        when w.at at time zone p_timezone = w.wall
          and (w.at - interval '24 hours') at time zone p_timezone = w.wall - interval '24 hours' then w.at
        else engine.wall_instant(w.wall, p_timezone)
      end
      from (
        select g.wall, g.wall at time zone p_timezone as at
        from generate_series(
          date_trunc(p_bucket, p_from at time zone p_timezone) - v_step, (p_to at time zone p_timezone) + 2 * v_step, v_step
        ) as g (wall)
      ) as w
      order by 1
    );
  end if;
  return array(
    select s.at
    from (select u.at, lead(u.at) over (order by u.at) as ends_at, lag(u.at) over (order by u.at) as before from unnest(v_starts) as u (at)) as s
    -- from the one that the range begins in to the one that it has not reached
    where s.ends_at > p_from and (s.at < p_to or s.before < p_to)
    order by s.at
  );
end
$$;
comment on function engine.bucket_starts(timestamptz, timestamptz, text, text) is
'Beginnings of the buckets that cover a range, in order, and the end of the last.';
revoke all on function engine.bucket_starts(timestamptz, timestamptz, text, text) from public;
