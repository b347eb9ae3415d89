-- Whom a retry passes over, of enrollments that failed or wait for their customer's place: whose place another number
-- has. Of several that failed one that may still be reached counts, and of these the last, which is the number that came
-- after; where all that failed found their numbers dead, one that waits is taken instead, and of several the contact that
-- the team has known longest. So of a customer at most one is tried. Nobody stops waiting because whom she waits for is
-- not known any more, as when a contact became another customer's: a number must have proved dead in this campaign.
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
    select
      e as enrollment, row_number() over () as ordinal, c.id as contact_id, c.phone, c.servicetitan_customer_id as customer_id
    from unnest(p_enrollment_ids) as a (id)
    inner join engine.enrollments as e on e.team_id = p_campaign.team_id and a.id = e.id
    inner join public.contacts as c on e.team_id = c.team_id and e.contact_id = c.id
  ),

  rivals as materialized (
    select a.ordinal, a.enrollment as own, r.enrollment as other, r.has_place
    from engine.rival_journeys(p_campaign, array(
      select (a.ordinal, a.contact_id, a.phone, a.customer_id)::engine.candidate
      from asked as a
      where a.customer_id is not null
    )) as r
    inner join asked as a on r.ordinal = a.ordinal
  )

  select (r.own).id
  from rivals as r
  where case
    when (r.own).status = 'FAILED' and (r.other).status = 'FAILED'
      then (r.has_place, (r.other).enrolled_at, (r.other).id)
        > (engine.takes_place(r.own), (r.own).enrolled_at, (r.own).id)
    when r.has_place then true
    when (r.other).campaign_id <> p_campaign.id or not engine.awaits_place(r.other, v_channel) then false
    when (r.own).status = 'FAILED' then not engine.takes_place(r.own)
    else (r.other).contact_id < (r.own).contact_id
  end
  union
  select (a.enrollment).id
  from asked as a
  where (a.enrollment).reason_code = 'same_customer' and a.ordinal not in (
    select r.ordinal
    from rivals as r
    where not r.has_place and (r.other).campaign_id = p_campaign.id and engine.was_tried(r.other)
  );
end
$$;
comment on function engine.passed_over(public.campaigns, uuid[]) is
'Which of a campaign''s enrollments are not tried again because another number of the customer has the place, or gets it.';
revoke all on function engine.passed_over(public.campaigns, uuid[]) from public;
