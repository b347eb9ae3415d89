-- How somebody came into a campaign's list and into the campaign, and how that ended.
create or replace function engine.tell_enrollment(p_campaign public.campaigns, p_contact_id uuid)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select m.added_at, -2, 1, 'list', 'The contact came into the list.', jsonb_build_object('list_id', m.list_id)
  from public.audience_members as m
  where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id and m.contact_id = p_contact_id
  union all
  select l.at, l.job_no, 9, l.kind, l.message, jsonb_build_object('enrollment_id', e.id, 'status', l.status, 'reason_code', l.reason_code)
  from engine.enrollments as e
  cross join lateral (
    select min(j.created_at) as begun_at, min(j.created_at) filter (where j.visit = 1) as first_at
    from engine.all_jobs as j
    where j.team_id = e.team_id and j.enrollment_id = e.id
  ) as b
  cross join lateral (
    select
      e.ended_at is not distinct from e.enrolled_at and b.begun_at is null as is_left_out,
      -- Taken up by a retry instead of another number of hers that proved dead: whoever is enrolled otherwise has her first
      -- job at that moment.
      e.retry_count > 0 and b.begun_at = b.first_at and b.begun_at > e.enrolled_at as is_late
  ) as o
  cross join lateral (values
    (e.enrolled_at, 0, 'enrollment', 'ACTIVE', null, 'The contact was enrolled.', not o.is_left_out and o.is_late is not true),
    (
      e.enrolled_at, 0, 'enrollment', 'SUPPRESSED', 'same_customer',
      'The contact was left out: ' || engine.tell_reason('same_customer'), o.is_late
    ),
    (
      e.reopened_at, 1000000, 'reopened', 'ACTIVE', null,
      case
        when o.is_late and e.retry_count = 1 then 'The contact was taken up instead of the customer''s other number.'
        else format('The failed journey was opened again (%s), with a whole budget of retries.', e.retry_count)
      end, e.reopened_at is not null
    ),
    (
      e.ended_at, 1000000, 'end', e.status::text, e.reason_code,
      case when o.is_left_out then 'The contact was left out' else format('The journey ended as %s', e.status) end
      || ': ' || engine.tell_reason(e.reason_code), e.ended_at is not null
    )
  ) as l (at, job_no, kind, status, reason_code, message, is_so)
  where l.is_so and e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.contact_id = p_contact_id
$$;
comment on function engine.tell_enrollment(public.campaigns, uuid) is
'Lines for the list {list_id}, the enrollment, its being opened again and its end {enrollment_id, status, reason_code}.';
revoke all on function engine.tell_enrollment(public.campaigns, uuid) from public;
