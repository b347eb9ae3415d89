-- A moment of a workflow and the time to wait from it. A day is 24 hours, whatever time zone the database
-- or the request has: the same workflow must be due at the same instant for every session. (Added to a
-- timestamptz, a day follows the clocks of the session's zone.)
create or replace function engine.later(p_at timestamptz, p_wait interval)
returns timestamptz
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (p_at at time zone 'UTC' + p_wait) at time zone 'UTC';
end
$$;
comment on function engine.later(timestamptz, interval) is
'The moment that a wait from another one ends; days are 24 hours in every session. Null without a wait.';
revoke all on function engine.later(timestamptz, interval) from public;
