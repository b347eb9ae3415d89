-- What is stored of business hours: the zone, said even where it is the default, and the days that
-- have windows.
create or replace function engine.business_hours_config(p_hours jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(p_hours) is distinct from 'object' then
    return null;
  end if;
  return jsonb_build_object(
    'timezone', coalesce(p_hours ->> 'timezone', 'contact'),
    'windows', (
      select jsonb_object_agg(d.weekday, d.windows)
      from (
        select e.key as weekday, (
          select jsonb_agg(
            jsonb_build_object('start', w.value ->> 'start', 'end', w.value ->> 'end')
            order by w.value ->> 'start' collate "C"
          )
          from jsonb_array_elements(e.value) as w
        ) as windows
        from jsonb_each(p_hours -> 'windows') as e
        where jsonb_typeof(e.value) = 'array'
      ) as d
      where d.windows is not null
    )
  );
end
$$;
comment on function engine.business_hours_config(jsonb) is 'The stored form of validated business hours; null when there are none.';
revoke all on function engine.business_hours_config(jsonb) from public;
