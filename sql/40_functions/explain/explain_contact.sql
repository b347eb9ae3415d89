-- Why was she (not) called? Everything that the engine knows of one contact in one campaign, in order and in
-- words, and what comes next. It reads what is written down and asks the functions that decide; it
-- writes nothing.
create or replace function public.explain_contact(
  p_campaign_id uuid,
  p_contact_id uuid default null,
  p_phone text default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the engine for a caller who was checked
set search_path = ''
set jit = off
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'viewer');
  v_contact public.contacts;
  v_enrollment engine.enrollments;
  v_timezone text;
  v_next jsonb;
  v_reason_code text;
begin
  v_contact := engine.require_contact(v_campaign.team_id, p_contact_id, p_phone);
  select t.timezone into v_timezone from public.teams as t where t.id = v_campaign.team_id;
  select * into v_enrollment
  from engine.enrollments as e
  where e.team_id = v_campaign.team_id and e.campaign_id = v_campaign.id and e.contact_id = v_contact.id;
  select engine.tell_next(j, v_timezone) into v_next
  from engine.jobs as j
  where j.team_id = v_enrollment.team_id and j.enrollment_id = v_enrollment.id
    and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS');
  if v_enrollment.id is null then
    v_next := engine.tell_launch(v_campaign, v_contact.id, v_timezone);
  end if;
  v_reason_code := case
    when v_enrollment.id is null then engine.absence_reason(v_campaign, v_contact.id) else v_enrollment.reason_code
  end;
  return jsonb_build_object(
    'summary', engine.tell_summary(v_enrollment, v_reason_code, v_next, v_timezone),
    'reason_code', v_reason_code,
    'cure', (select r.cure from reference.reasons as r where r.code = coalesce(v_reason_code, v_next ->> 'reason_code')),
    'timezone', v_timezone,
    'campaign', jsonb_build_object('id', v_campaign.id, 'name', v_campaign.name, 'status', v_campaign.status),
    'contact', jsonb_build_object(
      'id', v_contact.id, 'phone', v_contact.phone, 'first_name', v_contact.first_name, 'last_name', v_contact.last_name,
      'timezones', v_contact.timezones
    ),
    'enrollment', case when v_enrollment.id is not null then jsonb_build_object(
      'id', v_enrollment.id, 'status', v_enrollment.status, 'enrolled_at', v_enrollment.enrolled_at,
      'ended_at', v_enrollment.ended_at, 'reached_at', v_enrollment.reached_at,
      'booked_at', v_enrollment.booked_at, 'booked_node_id', v_enrollment.booked_node_id, 'booking', v_enrollment.booking,
      'retries_left', v_enrollment.retries_left, 'retry_budget', v_campaign.retry_budget
    ) end,
    'next', v_next,
    'timeline', engine.tell_timeline(v_campaign, v_contact, v_enrollment, v_timezone)
  );
end
$$;
comment on function public.explain_contact(uuid, uuid, text) is
'Why a contact (by id or number) was or was not reached by a campaign: {summary, reason_code, cure, timezone, campaign, contact, '
'enrollment, next{kind, at, decision, reason_code, message, …}, timeline[{at, kind, message, …}]}. Times in '
'sentences are in the team''s zone. OB001, OB004.';
revoke all on function public.explain_contact(uuid, uuid, text) from public;
grant execute on function public.explain_contact(uuid, uuid, text) to authenticated, service_role;
