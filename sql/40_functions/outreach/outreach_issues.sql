-- Everything that is wrong with a request to launch, at once.
create or replace function engine.outreach_issues(
  p_team_id uuid,
  p_kind text,
  p_channel text,
  p_phone_number_id uuid,
  p_hold_reason_id bigint,
  p_hold_memo text,
  p_name text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_is_reschedule boolean := coalesce(p_kind = 'reschedule', false);
  v_issues jsonb := '[]'::jsonb;
begin
  if coalesce(p_kind, '') <> all(enum_range(null::public.outreach_kind)::text[]) then
    v_issues := v_issues || engine.issue('kind_unknown', 'p_kind', 'The kind must be maintenance, reschedule or text.');
  end if;
  if coalesce(p_channel, '') <> all(enum_range(null::public.contact_channel)::text[]) then
    v_issues := v_issues || engine.issue('channel_unknown', 'p_channel', 'The channel must be call or text.');
  elsif p_kind = 'text' and p_channel <> 'text' then
    v_issues := v_issues || engine.issue('channel_mismatch', 'p_channel', 'An outreach of the kind text goes out by text.');
  end if;
  if p_name is not null and length(btrim(p_name)) not between 1 and 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if not exists (
    select from public.phone_numbers as f where f.team_id = p_team_id and f.id = p_phone_number_id
  ) then
    v_issues := v_issues || engine.issue('phone_number_unknown', 'p_phone_number_id', 'There is no such sending number.');
  end if;
  if v_is_reschedule then
    v_issues := v_issues || engine.hold_reason_issues(p_team_id, p_hold_reason_id);
    if coalesce(length(btrim(p_hold_memo, E' \t\r\n')), 0) not between 1 and 1000 then
      v_issues := v_issues || engine.issue(
        'hold_memo_length', 'p_hold_memo', 'A reschedule needs a memo of 1 to 1000 characters for the hold.'
      );
    end if;
  elsif p_hold_reason_id is not null or p_hold_memo is not null then
    v_issues := v_issues || engine.issue(
      'hold_not_for_kind', case when p_hold_reason_id is null then 'p_hold_memo' else 'p_hold_reason_id' end,
      'Only a reschedule puts appointments on hold.'
    );
  end if;
  return v_issues;
end
$$;
comment on function engine.outreach_issues(uuid, text, text, uuid, bigint, text, text) is
'What is wrong with kind, channel, number, hold and name of an outreach.';
revoke all on function engine.outreach_issues(uuid, text, text, uuid, bigint, text, text) from public;
