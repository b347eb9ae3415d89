-- Where an export of a team stands.
create or replace function engine.servicetitan_feed(p_team_id uuid, p_feed text)
returns text
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select f.continue_from from engine.servicetitan_feeds as f where f.team_id = p_team_id and f.feed = p_feed
$$;
comment on function engine.servicetitan_feed(uuid, text) is 'The token from which a feed is read on; null from the beginning.';
revoke all on function engine.servicetitan_feed(uuid, text) from public;
grant execute on function engine.servicetitan_feed(uuid, text) to outbound_worker;
