-- Another tenant is connected, or the real one after the sandbox: nothing that was read from the one before
-- may fill a list, and no number that it had in use is somebody's to call. What waits for the old one ends
-- with the reason; an id of an appointment would be that of a stranger there. That numbers must not be
-- texted stays.
create or replace function engine.forget_servicetitan()
returns trigger
language plpgsql
security definer -- whoever connects accounts
set search_path = ''
as $$
begin
  perform engine.fail_run(
    r.team_id, r.id, 'account_changed', 'Another ServiceTitan account was connected meanwhile; nothing was stored. Start it again.'
  )
  from public.audience_runs as r
  where r.team_id = new.team_id and r.source in ('servicetitan', 'custom_report') and (
    r.status = 'RUNNING'
    -- who has claimed it is about to begin, and was told the old tenant
    or (r.status = 'QUEUED' and exists (
      select from engine.tasks as t
      where t.team_id = r.team_id and t.kind = 'refresh' and t.subject_id = r.id and t.status = 'CLAIMED'
    ))
  );
  perform engine.fail_hold(
    i.team_id, i.id, 'not_found', 'Another ServiceTitan account was connected before the appointment was held.'
  )
  from public.outreach_items as i
  where i.team_id = new.team_id and i.status = 'HOLDING';
  -- Nor may one that failed there be tried again here; what it came to there is kept.
  update public.outreach_items as i
  set
    hold_outcome = 'not_found',
    hold_message = left(concat_ws(
      ' ', 'Another ServiceTitan account was connected since the hold failed there as', i.hold_outcome || '.', i.hold_message
    ), 2000)
  from reference.hold_outcomes as h
  where i.team_id = new.team_id and i.status = 'HOLD_FAILED' and i.hold_outcome = h.code
    and (h.can_retry or h.code = 'reason_inactive');
  perform engine.forget_subject(p.team_id, p.id) from engine.audience_previews as p where p.team_id = new.team_id;
  delete from engine.audience_previews as p where p.team_id = new.team_id;
  delete from engine.servicetitan_feeds as f where f.team_id = new.team_id;
  delete from engine.servicetitan_customers as c where c.team_id = new.team_id;
  delete from engine.servicetitan_contacts as c where c.team_id = new.team_id;
  delete from engine.servicetitan_locations as l where l.team_id = new.team_id;
  delete from engine.servicetitan_memberships as m where m.team_id = new.team_id;
  delete from engine.servicetitan_recurring_services as s where s.team_id = new.team_id;
  delete from engine.servicetitan_service_events as e where e.team_id = new.team_id;
  delete from engine.servicetitan_member_jobs as j where j.team_id = new.team_id;
  delete from engine.servicetitan_work as w where w.team_id = new.team_id;
  delete from engine.enrollment_work as w where w.team_id = new.team_id;
  update engine.servicetitan_watches as w set id = engine.new_id(), looked_at = null where w.team_id = new.team_id;
  delete from engine.servicetitan_catalogue as c where c.team_id = new.team_id;
  update engine.servicetitan_catalogues as c
  set read_at = null, failure_code = null, failure_message = null
  where c.team_id = new.team_id;
  return null;
end
$$;
comment on function engine.forget_servicetitan() is
'Empties the copy of a team''s ServiceTitan when another tenant is connected, and ends what waits for the old one.';
revoke all on function engine.forget_servicetitan() from public;
