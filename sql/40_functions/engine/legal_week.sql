-- A region's rules, a row for each weekday: its own, else the default's. A week and not a day, because whoever works out
-- weeks of hours would otherwise ask the same seven days again and again.
create or replace function engine.legal_week(p_channel public.contact_channel, p_region text)
returns table (weekday smallint, starts_at time, ends_at time, daily_limit smallint)
language plpgsql
stable
rows 7
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select distinct on (w.weekday) w.weekday, w.starts_at, w.ends_at, w.daily_limit
  from reference.calling_windows as w
  where w.channel = p_channel and w.region in (p_region, '')
  order by w.weekday, w.region desc;
end
$$;
comment on function engine.legal_week(public.contact_channel, text) is
'Legal contact hours of a region by ISO weekday: its own row, else the default; no hours means closed.';
revoke all on function engine.legal_week(public.contact_channel, text) from public;
