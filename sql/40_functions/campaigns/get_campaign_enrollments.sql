-- Who is in a campaign, a page of them in the order of their contacts' ids, which the unique key holds.
create or replace function public.get_campaign_enrollments(
  p_campaign_id uuid,
  p_status text default null,
  p_reason_code text default null,
  p_search text default null,
  p_limit integer default 50,
  p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the engine for a caller who was checked: engine.require_campaign asks engine.require_role
set search_path = ''
set jit = off
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_pattern text := engine.search_pattern(p_search);
begin
  perform engine.refuse_issues(engine.word_issue('p_status', p_status, enum_range(null::public.enrollment_status)::text[]), 'The request');
  return engine.make_page(array(
    select engine.describe_enrollment(e)
    from engine.enrollments as e
    inner join engine.search_contacts as s on e.team_id = s.team_id and e.contact_id = s.contact_id
    where e.team_id = v_campaign.team_id and e.campaign_id = v_campaign.id and (v_after is null or e.contact_id > v_after)
      and (p_status is null or e.status::text = p_status) and (p_reason_code is null or e.reason_code = p_reason_code)
      and (v_pattern is null or s.terms like v_pattern)
    order by e.contact_id
    limit v_limit + 1
  ), v_limit, 'contact_id');
end
$$;
comment on function public.get_campaign_enrollments(uuid, text, text, text, integer, text) is
'A page of the contacts of a campaign, searched by name, phone or e-mail: {items[{id, contact_id, phone, first_name, last_name, '
'status, reason_code, reached_at, booked_at, booked_node_id, booking{job_id?, appointment_id?, booking_id?}, retries_left, '
'retry_count, enrolled_at, ended_at, last_job{id, node_id, label, channel, '
'visit, status, outcome, reason_code, attempt_count, dispatched_at, finished_at}, next_due_at}], next_cursor}. OB001, OB004, OB009.';
revoke all on function public.get_campaign_enrollments(uuid, text, text, text, integer, text) from public;
grant execute on function public.get_campaign_enrollments(uuid, text, text, text, integer, text) to authenticated, service_role;
