-- A coordinate as it is stored. A number closer to 0 than a double can hold is 0: converting it
-- would be an error.
create or replace function engine.coordinate(p_value jsonb)
returns double precision
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when coalesce(jsonb_typeof(p_value), 'null') = 'null' or abs(p_value::numeric) < 1e-300 then 0
    else p_value::numeric::double precision
  end;
end
$$;
comment on function engine.coordinate(jsonb) is 'A validated coordinate as a double; 0 where there is none.';
revoke all on function engine.coordinate(jsonb) from public;
