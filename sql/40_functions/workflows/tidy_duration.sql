-- One spelling of a duration, so that the same setting is never stored in two ways: PT90M is PT1H30M.
create or replace function engine.tidy_duration(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case when p_text is not null then engine.format_duration(engine.parse_duration(p_text)) end;
end
$$;
comment on function engine.tidy_duration(text) is
'A validated ISO 8601 duration in days, hours, minutes and seconds; null where there is none.';
revoke all on function engine.tidy_duration(text) from public;
