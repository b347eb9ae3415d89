-- What is wrong with how somebody wants a number to be stopped or let in again; null is every channel.
create or replace function engine.stop_issues(p_channel text, p_reason text, p_note text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_path_query_array(jsonb_build_array(
    case when p_channel <> all(enum_range(null::public.contact_channel)::text[]) then engine.issue(
      'channel_unknown', 'p_channel', format(
        'The channel must be one of %s, or null for all.', array_to_string(enum_range(null::public.contact_channel), ', ')
      )
    ) end,
    case when not exists (
      select from reference.suppression_reasons as r where r.reason = p_reason and r.set_by = 'people'
    ) then engine.issue(
      'reason_unknown', 'p_reason', format('The reason must be one of %s.', (
        select string_agg(r.reason, ', ' order by r.reason) from reference.suppression_reasons as r where r.set_by = 'people'
      ))
    ) end,
    case when length(p_note) > 1600 then engine.issue(
      'note_length', 'p_note', 'The note must have at most 1600 characters.'
    ) end
  ), '$[*] ? (@ != null)')
$$;
comment on function engine.stop_issues(text, text, text) is 'Problems of a channel, a reason that people may give, and a note.';
revoke all on function engine.stop_issues(text, text, text) from public;
