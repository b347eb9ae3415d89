-- Everything that happened to a contact in a campaign, in order.
create or replace function engine.tell_timeline(
  p_campaign public.campaigns, p_contact public.contacts, p_enrollment engine.enrollments, p_timezone text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object('at', l.at, 'kind', l.kind, 'message', l.message) || l.facts
    order by l.at, l.job_no, l.place, l.message
  ), '[]')
  from (
    select * from engine.tell_campaign(p_campaign)
    union all
    select * from engine.tell_enrollment(p_campaign, p_contact.id)
    union all
    select * from engine.tell_hold(p_campaign.team_id, p_campaign.id, p_contact.id)
    union all
    select j.*
    from engine.relive_journey(p_campaign.team_id, p_enrollment.id) as r
    cross join lateral (
      select * from engine.tell_job(r.job_no, r.job, r.label, r.first_due_at, r.delay, p_timezone)
      union all
      select * from engine.tell_verdicts(r.job_no, r.job, p_timezone)
      union all
      select * from engine.tell_attempts(r.job_no, r.job)
      union all
      select * from engine.tell_events(r.job_no, r.job)
      union all
      select * from engine.tell_outcome(r.job_no, r.job, r.visited, r.decision, r.went_on)
    ) as j
    union all
    select * from engine.tell_consent(p_campaign.team_id, array[p_contact.phone, p_enrollment.phone])
  ) as l
$$;
comment on function engine.tell_timeline(public.campaigns, public.contacts, engine.enrollments, text) is
'[{at, kind, message, …}] in order; kinds: campaign, list, enrollment, hold, job, gate, attempt, answer, event, outcome, cancelled, consent, suppression, reopened, end.';
revoke all on function engine.tell_timeline(public.campaigns, public.contacts, engine.enrollments, text) from public;
