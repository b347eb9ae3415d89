-- What failed in a campaign: of each journey that ended so, the visit that it ended with. Without one, of
-- somebody whose first job was never made, there is nothing to try again; nor of somebody who booked after all, or whom
-- the campaign has under another number since.
create or replace function engine.failed_visits(
  p_campaign public.campaigns, p_reason_codes text[], p_enrollment_ids uuid[] default null
)
returns table (enrollment_id uuid, contact_id uuid, phone text, reason_code text, node_id text, visit integer)
language sql
stable
set search_path = ''
as $$
  select e.id, e.contact_id, e.phone, e.reason_code, v.node_id, v.visit
  from engine.enrollments as e
  cross join lateral (
    select j.node_id, j.visit
    from engine.all_jobs as j
    where j.team_id = e.team_id and j.enrollment_id = e.id
    order by j.created_at desc, j.id desc
    limit 1
  ) as v
  where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.status = 'FAILED' and e.booked_at is null
    and (p_reason_codes is null or e.reason_code = any(p_reason_codes))
    and (p_enrollment_ids is null or e.id = any(p_enrollment_ids))
    and not engine.is_replaced(e)
$$;
comment on function engine.failed_visits(public.campaigns, text[], uuid[]) is
'The last visit of each failed enrollment of a campaign, for some reasons or all, of some enrollments or all.';
revoke all on function engine.failed_visits(public.campaigns, text[], uuid[]) from public;
