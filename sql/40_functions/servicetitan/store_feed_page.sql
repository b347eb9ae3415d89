-- A page of an export for a running refresh or preview (engine.store_servicetitan). What has ended stores nothing any
-- more: another tenant may be connected by now, in whose copy nobody of the old one's may be. That waits for this
-- (engine.forget_servicetitan ends the runs), then empties the copy.
create or replace function engine.store_feed_page(
  p_team_id uuid, p_subject_id uuid, p_feed text, p_records jsonb, p_started_from text, p_continue_from text
)
returns text
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  if not engine.is_subject_running(p_team_id, p_subject_id) then
    perform engine.refuse(
      'OB002', 'What this was read for has ended.', jsonb_build_object('entity', 'audience_run', 'id', p_subject_id),
      'Start another run of the list.'
    );
  end if;
  return engine.store_servicetitan(p_team_id, p_feed, p_records, p_started_from, p_continue_from);
end
$$;
comment on function engine.store_feed_page(uuid, uuid, text, jsonb, text, text) is
'Stores a page of an export as engine.store_servicetitan does, for a running refresh or preview; OB002 when it has ended.';
revoke all on function engine.store_feed_page(uuid, uuid, text, jsonb, text, text) from public;
grant execute on function engine.store_feed_page(uuid, uuid, text, jsonb, text, text) to outbound_worker;
