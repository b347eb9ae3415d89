-- Enrolls up to p_limit members after a contact id, in order of it, and makes their first jobs.
create or replace function engine.enroll_chunk(
  p_campaign public.campaigns,
  p_node_id text,
  p_channel public.contact_channel,
  p_not_before timestamptz,
  p_after uuid,
  p_limit integer
)
returns table (enrolled integer, last_contact_id uuid)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_jobs engine.new_job[];
begin
  with members as materialized (
    select m.contact_id, p.phone, p.timezones
    from public.audience_members as m
    inner join public.contacts as p on m.team_id = p.team_id and m.contact_id = p.id
    where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id
      and (p_after is null or m.contact_id > p_after)
    order by m.contact_id
    limit p_limit
  ),

  judged as (
    select m.*, case
      when s.reason is not null then 'suppressed_' || s.reason
      when cardinality(m.timezones) = 0 then 'timezone_unknown'
    end as reason_code, s.reason = 'opted_out' as has_opted_out
    from members as m
    left join lateral (
      select max(p.reason) as reason
      from public.suppressions as p
      where p.team_id = p_campaign.team_id and p.phone = m.phone and p.channel = p_channel
    ) as s on true
  ),

  enrolled as (
    insert into engine.enrollments (
      team_id, campaign_id, contact_id, phone, status, reason_code, retries_left, ended_at
    )
    select
      p_campaign.team_id, p_campaign.id, j.contact_id, j.phone,
      case
        when j.reason_code is null then 'ACTIVE'
        when j.has_opted_out then 'OPTED_OUT'
        else 'SUPPRESSED'
      end::public.enrollment_status,
      j.reason_code, p_campaign.retry_budget, case when j.reason_code is not null then engine.now() end
    from judged as j
    on conflict on constraint enrollments_once_per_campaign do nothing
    returning id, contact_id, phone, status
  )

  select
    (select count(*) from enrolled)::integer,
    (select m.contact_id from members as m order by m.contact_id desc limit 1),
    (
      select array_agg((
        p_campaign.team_id, p_campaign.id, e.id, e.contact_id, e.phone, p_campaign.workflow_id, p_node_id, 1,
        p_campaign.priority, p_not_before
      )::engine.new_job order by e.id)
      from enrolled as e
      where e.status = 'ACTIVE'
    )
  into enrolled, last_contact_id, v_jobs;
  perform engine.create_jobs(coalesce(v_jobs, '{}'));
  return next;
end
$$;
comment on function
engine.enroll_chunk(public.campaigns, text, public.contact_channel, timestamptz, uuid, integer) is
'Enrolls a chunk of a list''s members with their first jobs; last_contact_id is null when none was left.';
revoke all on function
engine.enroll_chunk(public.campaigns, text, public.contact_channel, timestamptz, uuid, integer) from public;
