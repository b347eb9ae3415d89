-- Notes which job and appointment in ServiceTitan people are enrolled for, to stop them when it is cancelled: when they are
-- enrolled, also those who only wait for a place, because the list forgets who does not match any more. What was
-- cancelled when it matched is what the list wants, and what nobody knows the state of stops nobody.
create or replace function engine.bind_enrollments(p_campaign public.campaigns, p_jobs engine.new_job[])
returns void
language plpgsql
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_matched_at timestamptz;
begin
  if cardinality(p_jobs) = 0 or not exists (
    select from public.audience_lists as l
    where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id and l.source = 'servicetitan'
  ) then
    return;
  end if;
  -- Who came into the list with its first refresh, at this moment, was matched by that one.
  v_matched_at := (
    select coalesce(max(r.started_at) filter (where r.status <> 'RUNNING'), max(r.started_at), engine.now())
    from public.audience_runs as r
    where r.team_id = p_campaign.team_id and r.list_id = p_campaign.list_id and r.status in ('RUNNING', 'SUCCEEDED', 'PARTIAL')
  );
  insert into engine.enrollment_work (team_id, enrollment_id, kind, servicetitan_id, campaign_id, matched_at)
  select p_campaign.team_id, n.enrollment_id, w.kind, w.id, p_campaign.id, v_matched_at
  from unnest(p_jobs) as n
  inner join public.audience_members as m
    on m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id and n.contact_id = m.contact_id
  cross join lateral (values ('job', m.servicetitan_job_id), ('appointment', m.servicetitan_appointment_id)) as k (kind, id)
  inner join engine.servicetitan_work as w
    on w.team_id = p_campaign.team_id and k.kind = w.kind and k.id = w.id and not w.was_cancelled
  order by n.enrollment_id, w.kind;
end
$$;
comment on function engine.bind_enrollments(public.campaigns, engine.new_job[]) is
'Notes the ServiceTitan jobs and appointments that new enrollments of a campaign, named by enrollment and contact, are for.';
revoke all on function engine.bind_enrollments(public.campaigns, engine.new_job[]) from public;
