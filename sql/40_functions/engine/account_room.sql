-- What is left of a lowered pace: a row only while one is in force. Requests of the last minute count,
-- whatever became of them.
create or replace function engine.account_room(p_integration public.integrations)
returns table (free integer, frees_at timestamptz)
language plpgsql
stable
rows 1
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- Mostly no pace is in force, and nothing is looked up.
  if p_integration.pace_begins_at is null then
    return;
  end if;
  return query
  select
    greatest(p.pace - s.sent, 0)::integer,
    greatest(p_integration.pace_begins_at, coalesce(s.nth, engine.now()) + interval '1 minute', engine.now() + interval '1 second')
  from (select engine.pace_now(p_integration) as pace) as p
  cross join lateral (
    select count(*) as sent, max(r.begun_at) filter (where r.place = greatest(p.pace, 1)) as nth
    from (
      select a.begun_at, row_number() over (order by a.begun_at desc) as place
      from public.phone_numbers as f
      inner join engine.attempts as a
        on f.team_id = a.team_id and f.id = a.phone_number_id and a.begun_at > engine.now() - interval '1 minute'
      where f.team_id = p_integration.team_id and a.provider = p_integration.provider
    ) as r
  ) as s
  where p.pace is not null;
end
$$;
comment on function engine.account_room(public.integrations) is
'How many requests a lowered pace leaves room for now, and when there is room again; no row at full pace.';
revoke all on function engine.account_room(public.integrations) from public;
