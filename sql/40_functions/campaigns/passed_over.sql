-- Whom a retry passes over, of enrollments that failed or wait for their customer's place: whose place another number
-- has. Of several that failed the last one counts, which is the number that came after; where all that failed found
-- their numbers dead, one that waits is taken instead, and of several the contact that the team has known longest. So
-- of a customer at most one is tried.
create or replace function engine.passed_over(p_campaign public.campaigns, p_enrollment_ids uuid[])
returns setof uuid
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_channel public.contact_channel := (
    select e.channel from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e
  );
begin
  return query
  with asked as materialized (
    select e.id, row_number() over () as ordinal, c.id as contact_id, c.phone, c.servicetitan_customer_id as customer_id
    from unnest(p_enrollment_ids) as a (id)
    inner join engine.enrollments as e on e.team_id = p_campaign.team_id and a.id = e.id
    inner join public.contacts as c on e.team_id = c.team_id and e.contact_id = c.id
    where c.servicetitan_customer_id is not null
  )

  select distinct e.id
  from engine.rival_journeys(p_campaign, array(
    select (a.ordinal, a.contact_id, a.phone, a.customer_id)::engine.candidate from asked as a
  )) as r
  inner join asked as a on r.ordinal = a.ordinal
  inner join engine.enrollments as e on e.team_id = p_campaign.team_id and a.id = e.id
  where case
    when e.status = 'FAILED' and (r.enrollment).status = 'FAILED'
      then ((r.enrollment).enrolled_at, (r.enrollment).id) > (e.enrolled_at, e.id)
    when r.has_place then true
    when (r.enrollment).campaign_id <> p_campaign.id or not engine.awaits_place(r.enrollment, v_channel) then false
    when e.status = 'FAILED' then not engine.takes_place(e)
    else (r.enrollment).contact_id < e.contact_id
  end;
end
$$;
comment on function engine.passed_over(public.campaigns, uuid[]) is
'Which of a campaign''s enrollments are not tried again because another number of the customer has the place, or gets it.';
revoke all on function engine.passed_over(public.campaigns, uuid[]) from public;
