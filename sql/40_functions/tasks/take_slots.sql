-- The shared rate limit: a leaky bucket, as the time from which the next request may go out. Every slot
-- moves it on by one request's share; it may lie behind by a burst, and what would lie ahead waits.
-- Real time, because the provider counts real seconds, whatever the campaign clock of a sandbox says.
create or replace function engine.take_slots(p_key text, p_per_second double precision, p_burst integer, p_wanted integer)
returns table (granted integer, retry_after_seconds double precision)
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_share interval;
  v_free_at timestamptz;
begin
  if coalesce(p_per_second, 0) <= 0 or coalesce(p_burst, 0) < 1 or coalesce(p_wanted, 0) < 1
    or coalesce(length(p_key), 0) not between 1 and 300
  then
    perform engine.refuse('OB001', 'Slots need a key, a rate, a burst and a number wanted, all positive.', '[]');
  end if;
  v_share := make_interval(secs => 1 / p_per_second);
  insert into engine.rate_limits as l (key, free_at)
  values (p_key, v_now - p_burst * v_share)
  on conflict on constraint rate_limits_pk do update set free_at = l.free_at
  returning l.free_at into v_free_at;
  v_now := clock_timestamp(); -- the row may have been waited for
  v_free_at := greatest(v_free_at, v_now - p_burst * v_share);
  granted := least(p_wanted, floor(extract(epoch from v_now - v_free_at) * p_per_second + 1e-6))::integer;
  v_free_at := v_free_at + granted * v_share;
  update engine.rate_limits as l set free_at = v_free_at where l.key = p_key;
  retry_after_seconds := case
    when granted < p_wanted then greatest(extract(epoch from v_free_at + v_share - v_now), 0)
    else 0
  end::double precision;
  return next;
end
$$;
comment on function engine.take_slots(text, double precision, integer, integer) is
'Takes up to p_wanted requests out of a rate shared by all workers: how many are granted, and when to ask for the rest.';
revoke all on function engine.take_slots(text, double precision, integer, integer) from public;
grant execute on function engine.take_slots(text, double precision, integer, integer) to outbound_worker;
