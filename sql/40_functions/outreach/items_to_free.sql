-- The customers of an outreach that nobody has reached, or may have: another launch may have them. A hold
-- that a worker has in hand, or asked for and did not see the end of, is left to it: only it can say
-- what became of the appointment, and cancels the item with that. Who was reached long ago is in the history.
create or replace function engine.items_to_free(p_campaign public.campaigns)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select i.id
  from public.outreach_items as i
  where i.team_id = p_campaign.team_id and i.campaign_id = p_campaign.id and case i.status
    when 'HOLD_FAILED' then true
    when 'HOLDING' then not exists (
      select from engine.tasks as t
      where t.team_id = i.team_id and t.kind = 'hold' and t.subject_id = i.id
        and (t.status = 'CLAIMED' or (t.status = 'READY' and t.progress -> 'began' = 'true'))
    )
    when 'ENROLLED' then not exists (
      select
      from engine.enrollments as e
      inner join engine.all_jobs as j on e.team_id = j.team_id and e.id = j.enrollment_id
      inner join engine.all_attempts as a on j.team_id = a.team_id and j.id = a.job_id
      where e.team_id = i.team_id and e.campaign_id = i.campaign_id and e.contact_id = i.contact_id
        and a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED')
    )
    else false
  end
$$;
comment on function engine.items_to_free(public.campaigns) is
'Ids of the items of an outreach''s campaign whose customers nobody has reached or may have reached.';
revoke all on function engine.items_to_free(public.campaigns) from public;
