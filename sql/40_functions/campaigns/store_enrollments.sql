-- Enrolls contacts that are not enrolled yet, and makes their first jobs. People who must not be reached
-- are enrolled too, as SUPPRESSED with the reason, so that everyone is accounted for; so are those whom the
-- campaign leaves out. Who is enrolled is looked for before, and the rows are stored without the handling of
-- conflicts, which costs as much as a key: the caller has the campaign for itself, or goes one after the other
-- (engine.enroll_contacts).
create or replace function engine.store_enrollments(p_campaign public.campaigns, p_contact_ids uuid[])
returns integer
language plpgsql
set search_path = ''
set work_mem = '64MB' -- a sort of all rows
as $$
declare
  v_entry record;
  v_now timestamptz := engine.now();
  v_not_before timestamptz;
  v_enrolled bigint;
  v_jobs engine.new_job[];
  v_waiting engine.new_job[];
  v_ids constant uuid[] := array(select i.id from engine.new_ids(cardinality(p_contact_ids)) as i order by i.ordinal);
  v_sorted constant uuid[] := array(select a.id from unnest(p_contact_ids) as a (id) order by a.id);
begin
  select e.* into v_entry from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  v_not_before := engine.later(v_now, v_entry.delay);
  with known as materialized (
    select e.contact_id
    from engine.enrollments as e
    where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id
      and e.contact_id >= v_sorted[1] and e.contact_id <= v_sorted[cardinality(v_sorted)]
  ),

  enrolled as (
    insert into engine.enrollments (
      team_id, id, campaign_id, contact_id, phone, status, reason_code, retries_left, enrolled_at, ended_at, timezone
    )
    select
      p_campaign.team_id, v_ids[row_number() over (order by j.contact_id)], p_campaign.id, j.contact_id, j.phone,
      case
        when j.reason_code is null then 'ACTIVE'
        when j.reason_code = 'suppressed_opted_out' then 'OPTED_OUT'
        else 'SUPPRESSED'
      end::public.enrollment_status,
      j.reason_code, p_campaign.retry_budget, v_now, case when j.reason_code is not null then v_now end,
      j.timezone
    from engine.judge_members(p_campaign, v_entry.channel, p_contact_ids) as j
    left join known as k on j.contact_id = k.contact_id
    where k.contact_id is null
    order by j.contact_id
    returning id, contact_id, phone, status, reason_code
  )

  select
    count(*), array_agg(n.job) filter (where e.status = 'ACTIVE'), array_agg(n.job) filter (where e.reason_code = 'same_customer')
  into v_enrolled, v_jobs, v_waiting
  from enrolled as e
  cross join lateral (select (
    p_campaign.team_id, p_campaign.id, e.id, e.contact_id, e.phone, p_campaign.workflow_id, v_entry.node_id, 1,
    p_campaign.priority, v_not_before
  )::engine.new_job as job) as n;
  perform engine.learn_size('engine.enrollments', v_enrolled);
  perform engine.create_jobs(coalesce(v_jobs, '{}'));
  perform engine.learn_size('engine.jobs', v_enrolled); -- for the attempts that refer to it
  perform engine.bind_enrollments(p_campaign, coalesce(v_jobs, '{}') || coalesce(v_waiting, '{}'));
  return v_enrolled::integer;
end
$$;
comment on function engine.store_enrollments(public.campaigns, uuid[]) is
'Enrolls contacts that are not enrolled yet, with their first jobs; returns how many. The caller keeps others from doing the same.';
revoke all on function engine.store_enrollments(public.campaigns, uuid[]) from public;
