-- Somebody tells an operator to stop, or the team decides not to reach a number any more. Asked twice, the
-- second changes nothing.
create or replace function public.opt_out(
  p_phone text,
  p_channel text default null,
  p_reason text default 'opted_out',
  p_note text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes the ledger and suppressions, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_number record;
  v_stops engine.stop[];
  v_added text[];
  v_cancelled integer;
begin
  select n.* into v_number from engine.read_number(v_team_id, p_phone) as n;
  perform engine.refuse_issues(v_number.issues || engine.stop_issues(p_channel, p_reason, p_note), 'The opt-out');
  v_stops := array[(
    v_team_id, v_number.phone, p_channel, p_reason, 'operator', nullif(btrim(p_note), '')
  )::engine.stop];
  v_added := array(select r.channel::text from engine.record_stops(v_stops, false) as r order by r.channel);
  v_cancelled := engine.call_off(v_stops);
  return jsonb_build_object(
    'team_id', v_team_id, 'phone', v_number.phone, 'reason', p_reason, 'added', v_added, 'cancelled_jobs', v_cancelled,
    'suppressions', engine.describe_suppressions(v_team_id, v_number.phone)
  );
end
$$;
comment on function public.opt_out(text, text, text, text, uuid) is
'Stops a number on a channel or all, and cancels what has not begun: {team_id, phone, reason, added[] (channels), '
'cancelled_jobs, suppressions[{channel, reason, meaning, source, words, since, lifted_by}]}. OB001.';
revoke all on function public.opt_out(text, text, text, text, uuid) from public;
grant execute on function public.opt_out(text, text, text, text, uuid) to authenticated, service_role;
