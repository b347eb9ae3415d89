-- The first moment at which a person may be reached at a node. Mostly it is soon, so the next day is looked
-- at before the three weeks in which a weekday that is closed twice is found.
create or replace function engine.opening(
  p_channel public.contact_channel,
  p_business_hours jsonb,
  p_team_timezone text,
  p_timezones text[],
  p_regions text[],
  p_at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(
      engine.first_open(engine.open_hours(
        p_channel, p_business_hours, p_team_timezone, p_timezones, p_regions, p_at, p_at + interval '1 day'
      ), p_at),
      engine.first_open(engine.open_hours(
        p_channel, p_business_hours, p_team_timezone, p_timezones, p_regions, p_at, engine.calendar_end(p_at, null, null)
      ), p_at)
    )
  );
end
$$;
comment on function engine.opening(public.contact_channel, jsonb, text, text[], text[], timestamptz) is
'First whole second from a moment on at which a contact may be reached at a node; null when there is none.';
revoke all on function
engine.opening(public.contact_channel, jsonb, text, text[], text[], timestamptz) from public;
