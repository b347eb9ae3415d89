-- A person wants to hear from the team again, or a number was stopped by mistake. Without a reason only the
-- person's own opt-out is lifted; every other is lifted by its name alone, with a note that says why; what
-- ServiceTitan says is lifted there.
create or replace function public.opt_in(
  p_phone text,
  p_channel text default null,
  p_reason text default null,
  p_note text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes the ledger and suppressions, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_reason text := coalesce(p_reason, 'opted_out');
  v_note text := nullif(btrim(p_note), '');
  v_issues jsonb;
  v_number record;
  v_lifted text[];
begin
  select n.* into v_number from engine.read_number(v_team_id, p_phone) as n;
  v_issues := v_number.issues;
  if exists (select from reference.suppression_reasons as r where r.reason = v_reason and r.lifted_by = 'servicetitan') then
    v_issues := v_issues || engine.issue(
      'reason_not_ours', 'p_reason', 'ServiceTitan says so: take the mark back there, and this follows.'
    ) || engine.stop_issues(p_channel, 'opted_out', p_note);
  else
    v_issues := v_issues || engine.stop_issues(p_channel, v_reason, p_note);
  end if;
  if v_note is null and exists (
    select from reference.suppression_reasons as r where r.reason = v_reason and r.lifted_by = 'admin'
  ) then
    v_issues := v_issues || engine.issue('note_required', 'p_note', 'Say why this is lifted: the person did not do it.');
  end if;
  perform engine.refuse_issues(v_issues, 'The opt-in');
  v_lifted := array(
    select l.channel::text
    from engine.lift_suppressions(
      v_team_id, array[v_number.phone], p_channel::public.contact_channel, v_reason, 'admin', v_note
    ) as l
  );
  return jsonb_build_object(
    'team_id', v_team_id, 'phone', v_number.phone, 'reason', v_reason, 'lifted', v_lifted,
    'suppressions', engine.describe_suppressions(v_team_id, v_number.phone)
  );
end
$$;
comment on function public.opt_in(text, text, text, text, uuid) is
'Lifts a reason (opted_out unless named) from a number: {team_id, phone, reason, lifted[] (channels), suppressions[…]: what '
'still stops it}. Admin only. OB001.';
revoke all on function public.opt_in(text, text, text, text, uuid) from public;
grant execute on function public.opt_in(text, text, text, text, uuid) to authenticated, service_role;
