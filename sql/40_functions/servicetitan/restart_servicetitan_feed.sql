-- A token that ServiceTitan no longer takes: the feed is read from its beginning, which changes only what
-- is new.
create or replace function engine.restart_servicetitan_feed(p_team_id uuid, p_feed text, p_refused text)
returns void
language sql
volatile
security definer -- workers may write no table
set search_path = ''
as $$
  update engine.servicetitan_feeds as f
  set continue_from = null
  where f.team_id = p_team_id and f.feed = p_feed and f.continue_from = p_refused
$$;
comment on function engine.restart_servicetitan_feed(uuid, text, text) is 'Forgets a token that was refused, unless another is stored by now.';
revoke all on function engine.restart_servicetitan_feed(uuid, text, text) from public;
grant execute on function engine.restart_servicetitan_feed(uuid, text, text) to outbound_worker;
