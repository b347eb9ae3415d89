-- How fast an account may be used by now, after its provider said that it was too much: nothing before the
-- moment that the provider named, then the lowered pace, twice as fast with every minute, and after ten minutes
-- without another such answer as fast as ever. Time alone does it; nothing has to be written.
create or replace function engine.pace_now(p_integration public.integrations)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
  return case
    when p_integration.pace_begins_at is null then null
    when engine.now() < p_integration.pace_begins_at then 0
    when engine.now() < p_integration.pace_begins_at + interval '10 minutes' then least(
      p_integration.pace_per_minute
      * 2::numeric ^ floor(extract(epoch from engine.now() - p_integration.pace_begins_at) / 60), 1000000
    )::integer
  end;
end
$$;
comment on function engine.pace_now(public.integrations) is 'Requests that may begin in a minute now; null: no pace is in force.';
revoke all on function engine.pace_now(public.integrations) from public;
