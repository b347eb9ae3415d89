-- What is wrong with a sending number as it would be stored; p_problem is what the rule for phone numbers says of it.
create or replace function engine.phone_number_issues(p_number public.phone_numbers, p_problem text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(i.issue order by i.n), '[]')
  from (
    select 1 as n, engine.issue(
      coalesce(p_problem, 'phone_missing'), 'p_phone', 'The number is not a valid phone number.'
    ) as issue
    where p_number.phone is null
    union all
    select 2, engine.issue(
      'vapi_id_required', 'p_vapi_phone_number_id', 'A number that is verified for calls needs its Vapi id.'
    )
    where p_number.is_verified_for_calls and p_number.vapi_phone_number_id is null
    union all
    select 3, engine.issue(
      'rate_range', 'p_rate_per_minute', 'The rate must be between 1 and 100,000 a minute, or null for no cap.'
    )
    where p_number.rate_per_minute not between 1 and 100000
    union all
    select 4, engine.issue(
      'daily_limit_range', 'p_daily_limit', 'The daily limit must be between 1 and 10,000,000, or null for no cap.'
    )
    where p_number.daily_limit not between 1 and 10000000
  ) as i
$$;
comment on function engine.phone_number_issues(public.phone_numbers, text) is
'The problems of a sending number, as engine.issue makes them; [] when there is none.';
revoke all on function engine.phone_number_issues(public.phone_numbers, text) from public;
