-- Why journeys ended without a conversation, in words, with what an operator can do about each reason.
-- Read from the journeys themselves: a page of a report, not a number that is polled.
create or replace function public.get_campaign_failures(p_campaign_id uuid)
returns table (
  as_of timestamptz, status public.enrollment_status, reason_code text, contacts bigint, message text, cure text
)
language plpgsql
stable
security definer -- reads the engine for a caller who was checked: engine.require_campaign asks engine.require_role
set search_path = ''
set jit = off
as $$
#variable_conflict use_column
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'viewer');
begin
  return query
  select engine.now(), e.status, e.reason_code, e.contacts, engine.tell_reason(e.reason_code), r.cure
  from (
    select n.status, n.reason_code, count(*) as contacts
    from engine.enrollments as n
    where n.team_id = v_campaign.team_id and n.campaign_id = v_campaign.id
      and n.status in ('FAILED', 'SUPPRESSED', 'CANCELLED')
    group by n.status, n.reason_code
  ) as e
  left join reference.reasons as r on e.reason_code = r.code
  order by array_position('{FAILED,SUPPRESSED,CANCELLED}', e.status::text), e.contacts desc, e.reason_code;
end
$$;
comment on function public.get_campaign_failures(uuid) is
'Contacts of a campaign that ended FAILED, SUPPRESSED or CANCELLED, by reason: a row for each, most frequent first, with the '
'reason as a sentence and what to do about it (null for a provider''s own code). OB004.';
revoke all on function public.get_campaign_failures(uuid) from public;
grant execute on function public.get_campaign_failures(uuid) to authenticated, service_role;
