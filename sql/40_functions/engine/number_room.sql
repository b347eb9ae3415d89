-- What is left of a sending number's caps: of its rate, every request of the last 60 seconds counts; of its
-- day in the team's zone, every contact. Who takes from it must hold the number's row, or two would take the same.
create or replace function engine.number_room(p_number public.phone_numbers)
returns table (free integer, reason_code text, frees_at timestamptz)
language plpgsql
stable
rows 1
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- Most numbers have no caps, and nothing is looked up.
  if p_number.rate_per_minute is null and p_number.daily_limit is null then
    return;
  end if;
  return query
  select r.free, r.reason_code, r.frees_at
  from (
    select
      greatest(p_number.rate_per_minute - count(*), 0)::integer as free, 'number_rate' as reason_code,
      -- Whole seconds, and not a moment too soon.
      date_trunc('second', coalesce(
        max(s.begun_at) filter (where s.place = p_number.rate_per_minute), engine.now()
      )) + interval '61 seconds' as frees_at
    from (
      select a.begun_at, row_number() over (order by a.begun_at desc) as place
      from engine.attempts as a
      where a.team_id = p_number.team_id and a.phone_number_id = p_number.id
        and a.begun_at > engine.now() - interval '1 minute'
    ) as s
    where p_number.rate_per_minute is not null
    having p_number.rate_per_minute is not null
    union all
    select
      greatest(p_number.daily_limit - (
        select count(*)
        from engine.contacts_lately as k
        where k.team_id = p_number.team_id and k.phone_number_id = p_number.id and k.begun_at >= d.starts_at
      ), 0)::integer, 'number_daily_limit', d.ends_at
    from public.teams as t
    cross join lateral (
      select
        (engine.now() at time zone t.timezone)::date::timestamp at time zone t.timezone as starts_at,
        ((engine.now() at time zone t.timezone)::date + 1)::timestamp at time zone t.timezone as ends_at
    ) as d
    where t.id = p_number.team_id and p_number.daily_limit is not null
  ) as r
  order by r.free, r.frees_at desc
  limit 1;
end
$$;
comment on function engine.number_room(public.phone_numbers) is
'How many calls and texts a capped number has room for now, by which cap, and when there is room again; no row without caps.';
revoke all on function engine.number_room(public.phone_numbers) from public;
