-- A window of a definition as moments: from the beginning of its first day to the end of its last one, in
-- the team's zone. A side that is not given is open.
create or replace function engine.definition_window(p_window jsonb, p_timezone text, p_at timestamptz)
returns tstzrange
language sql
stable
set search_path = ''
as $$
  select tstzrange(d.first::timestamp at time zone p_timezone, (d.last + 1)::timestamp at time zone p_timezone)
  from (select (p_at at time zone p_timezone)::date as today) as t
  cross join lateral (
    select
      case
        when p_window ? 'days_ago' then t.today - (p_window #>> '{days_ago,max}')::integer
        when p_window ? 'days_ahead' then t.today + coalesce((p_window #>> '{days_ahead,min}')::integer, 0)
        else (p_window ->> 'from')::date
      end as first,
      case
        when p_window ? 'days_ago' then t.today - coalesce((p_window #>> '{days_ago,min}')::integer, 0)
        when p_window ? 'days_ahead' then t.today + (p_window #>> '{days_ahead,max}')::integer
        else (p_window ->> 'to')::date
      end as last
  ) as d
  where p_window is not null
$$;
comment on function engine.definition_window(jsonb, text, timestamptz) is
'The moments of a window {days_ago{min, max}}, {days_ahead{min, max}} or {from, to}, seen from p_at; null of none.';
revoke all on function engine.definition_window(jsonb, text, timestamptz) from public;
