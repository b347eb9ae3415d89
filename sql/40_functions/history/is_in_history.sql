-- Whether an event was dealt with so long ago that it has left the inbox. A function of its own, because a
-- statement that names a partitioned table locks all of its partitions whenever it is run.
create or replace function engine.is_in_history(p_provider public.provider, p_event_key text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from engine.event_history as h where h.provider = p_provider and h.event_key = p_event_key
  )
$$;
comment on function engine.is_in_history(public.provider, text) is 'Whether the history has an event of that key.';
revoke all on function engine.is_in_history(public.provider, text) from public;
