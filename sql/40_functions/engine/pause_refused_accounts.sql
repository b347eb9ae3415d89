-- A call that could not start because the account is frozen or empty: nobody was dialled, and nobody
-- will be until it is mended. The integration pauses, with the reason that operators see.
create or replace function engine.pause_refused_accounts(p_readings engine.event_reading[])
returns void
language sql
volatile
set search_path = ''
as $$
  update public.integrations as i
  set status = 'PAUSED', paused_at = engine.now(), paused_reason = left((r.reading).reason_code, 500)
  from unnest(p_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where (r.reading).scope = 'account' and i.team_id = j.team_id and i.id = j.integration_id and i.status = 'ACTIVE'
$$;
comment on function engine.pause_refused_accounts(engine.event_reading[]) is
'Pauses integrations whose calls ended for want of a working account.';
revoke all on function engine.pause_refused_accounts(engine.event_reading[]) from public;
