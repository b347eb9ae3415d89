-- What can be tried again in a campaign: of each journey that failed, the visit that it ended with. Without one, of
-- somebody whose first job was never made, there is nothing to try again; nor of somebody who booked after all, or whom
-- the campaign has under another number since. Who was left out for another number of hers that proved dead begins at
-- the beginning, before any visit.
create or replace function engine.failed_visits(
  p_campaign public.campaigns, p_reason_codes text[], p_enrollment_ids uuid[] default null
)
returns table (enrollment_id uuid, contact_id uuid, phone text, reason_code text, node_id text, visit integer)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set plan_cache_mode = force_custom_plan -- all of a campaign's, and by key where some are named
as $$
declare
  v_entry record;
begin
  select e.* into v_entry from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  return query
  with ended as materialized (
    select e.id, e.contact_id, e.phone, e.reason_code, e.status
    from engine.enrollments as e
    where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id
      and (p_enrollment_ids is null or e.id = any(p_enrollment_ids))
      and (p_reason_codes is null or e.reason_code = any(p_reason_codes))
      and (
        (e.status = 'FAILED' and e.booked_at is null)
        or (e.reason_code = 'same_customer' and engine.awaits_place(e, v_entry.channel))
      )
  ),

  passed as materialized (
    select o.id from engine.passed_over(p_campaign, array(select e.id from ended as e)) as o (id)
  )

  select e.id, e.contact_id, e.phone, e.reason_code, v.node_id, v.visit
  from ended as e
  cross join lateral (
    (
      select j.node_id, j.visit
      from engine.all_jobs as j
      where e.status = 'FAILED' and j.team_id = p_campaign.team_id and j.enrollment_id = e.id
      order by j.created_at desc, j.id desc
      limit 1
    )
    union all
    select v_entry.node_id, 0 where e.status <> 'FAILED'
  ) as v
  where e.id not in (select p.id from passed as p);
end
$$;
comment on function engine.failed_visits(public.campaigns, text[], uuid[]) is
'What a retry takes up in a campaign, for some reasons or all, of some enrollments or all: the last visit of what failed, 0 of who waited for a place.';
revoke all on function engine.failed_visits(public.campaigns, text[], uuid[]) from public;
