-- Whether the campaign has a customer, whose journey failed, under another number by now. Of several journeys of hers that
-- failed the last one counts: it is the number that came after.
create or replace function engine.is_replaced(p_enrollment engine.enrollments)
returns boolean
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return exists (
    select
    from engine.same_customers(p_enrollment.team_id, array(
      select (1, c.id, c.phone, c.servicetitan_customer_id)::engine.candidate
      from public.contacts as c
      where c.team_id = p_enrollment.team_id and c.id = p_enrollment.contact_id
    )) as o
    cross join lateral (
      select
      from engine.enrollments as e
      where e.team_id = p_enrollment.team_id and e.campaign_id = p_enrollment.campaign_id and e.contact_id = o.contact_id
        and case e.status
          when 'FAILED' then (e.enrolled_at, e.id) > (p_enrollment.enrolled_at, p_enrollment.id)
          else engine.takes_place(e)
        end
      offset 0 -- looked up for each contact by its key, whatever statistics say
    ) as e
  );
end
$$;
comment on function engine.is_replaced(engine.enrollments) is
'Whether another number of the customer has her place in the campaign of an enrollment that failed, or failed after it.';
revoke all on function engine.is_replaced(engine.enrollments) from public;
