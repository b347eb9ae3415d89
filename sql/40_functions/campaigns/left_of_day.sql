-- What a number with a daily limit has left on the day of a moment: of today, what is not used yet.
create or replace function engine.left_of_day(p_number public.phone_numbers, p_at timestamptz)
returns integer
language sql
stable
set search_path = ''
as $$
  select p_number.daily_limit - (
    select count(*)
    from engine.contacts_made as k
    where k.team_id = p_number.team_id and k.phone_number_id = p_number.id
      and k.begun_at >= (p_at at time zone t.timezone)::date::timestamp at time zone t.timezone
  )::integer
  from public.teams as t
  where t.id = p_number.team_id
$$;
comment on function engine.left_of_day(public.phone_numbers, timestamptz) is
'Contacts that a number''s daily limit leaves on the day of a moment, now or later; null without a limit.';
revoke all on function engine.left_of_day(public.phone_numbers, timestamptz) from public;
