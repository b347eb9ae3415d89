-- 15 s, 30 s, 60 s … up to an hour, spread by half; never sooner than the provider asked.
create or replace function engine.back_off(p_attempt_count integer, p_retry_after_seconds double precision)
returns interval
language sql
volatile
set search_path = ''
as $$
  select make_interval(secs => greatest(
    least(15 * 2 ^ least(greatest(p_attempt_count, 1) - 1, 10), 3600) * (0.5 + random() / 2),
    least(coalesce(p_retry_after_seconds, 0), 86400)
  ))
$$;
comment on function engine.back_off(integer, double precision) is
'How long to wait before trying again after so many attempts, at least what the provider asked for.';
revoke all on function engine.back_off(integer, double precision) from public;
