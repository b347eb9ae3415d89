-- A page of an export: its records and the token to go on from, in one transaction. Whoever reads the same
-- feed at the same time stores its records too, which changes nothing, but only who began where the feed
-- stands moves it on.
create or replace function engine.store_servicetitan(
  p_team_id uuid, p_feed text, p_records jsonb, p_started_from text, p_continue_from text
)
returns text
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_now_from text;
begin
  insert into engine.servicetitan_feeds (team_id, feed)
  values (p_team_id, p_feed)
  on conflict (team_id, feed) do nothing;
  select f.continue_from into v_now_from
  from engine.servicetitan_feeds as f
  where f.team_id = p_team_id and f.feed = p_feed
  for update;
  case p_feed
    when 'customers' then perform engine.store_servicetitan_customers(p_team_id, p_records);
    when 'contacts' then perform engine.store_servicetitan_contacts(p_team_id, p_records);
    when 'locations' then perform engine.store_servicetitan_locations(p_team_id, p_records);
    when 'memberships' then perform engine.store_servicetitan_memberships(p_team_id, p_records);
    when 'recurring_services' then perform engine.store_servicetitan_recurring_services(p_team_id, p_records);
    when 'service_events' then perform engine.store_servicetitan_service_events(p_team_id, p_records);
  end case;
  if v_now_from is not distinct from p_started_from then
    update engine.servicetitan_feeds as f
    set continue_from = nullif(p_continue_from, ''), read_at = engine.now()
    where f.team_id = p_team_id and f.feed = p_feed;
    return nullif(p_continue_from, '');
  end if;
  return v_now_from;
end
$$;
comment on function engine.store_servicetitan(uuid, text, jsonb, text, text) is
'Stores a page of the export p_feed that was read from p_started_from, and its token; returns where the feed stands now.';
revoke all on function engine.store_servicetitan(uuid, text, jsonb, text, text) from public;
grant execute on function engine.store_servicetitan(uuid, text, jsonb, text, text) to outbound_worker;
