-- A region's rule for a day, else the default's.
create or replace function engine.legal_window(p_channel public.contact_channel, p_region text, p_day date)
returns table (starts_at time, ends_at time, daily_limit smallint)
language plpgsql
stable
rows 1
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select w.starts_at, w.ends_at, w.daily_limit
  from reference.calling_windows as w
  where w.channel = p_channel and w.region in (p_region, '') and w.weekday = extract(isodow from p_day)
  order by w.region desc
  limit 1;
end
$$;
comment on function engine.legal_window(public.contact_channel, text, date) is
'Legal contact hours of a region on a date: its own row, else the default; no hours means closed.';
revoke all on function engine.legal_window(public.contact_channel, text, date) from public;
