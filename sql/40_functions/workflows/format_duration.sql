-- The way back, in one spelling, whatever intervalstyle the session has. Days stay days and hours stay
-- hours, as the editor wrote them.
create or replace function engine.format_duration(p_interval interval)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_interval = interval '0' then 'PT0S'
    else concat(
      'P', nullif(extract(day from p_interval)::integer, 0) || 'D',
      case when p_interval - extract(day from p_interval)::integer * interval '1 day' <> interval '0' then 'T' end,
      nullif(extract(hour from p_interval)::integer, 0) || 'H',
      nullif(extract(minute from p_interval)::integer, 0) || 'M',
      nullif(extract(second from p_interval)::integer, 0) || 'S'
    )
  end;
end
$$;
comment on function engine.format_duration(interval) is 'An interval of whole seconds as an ISO 8601 duration.';
revoke all on function engine.format_duration(interval) from public;
