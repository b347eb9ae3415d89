-- Durations in JSON are ISO 8601 texts of weeks, days, hours, minutes and seconds. Months and years
-- are refused because they have no length, fractions because nothing needs them. Five digits a part
-- keep every sum far from overflow.
create or replace function engine.parse_duration(p_text text)
returns interval
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_text ~ '^P(?=[0-9T])([0-9]{1,5}W)?([0-9]{1,5}D)?(T(?=[0-9])([0-9]{1,5}H)?([0-9]{1,5}M)?([0-9]{1,5}S)?)?$'
      then p_text::interval
  end;
end
$$;
comment on function engine.parse_duration(text) is 'An ISO 8601 duration such as PT15M or P2D; null when it is none.';
revoke all on function engine.parse_duration(text) from public;
