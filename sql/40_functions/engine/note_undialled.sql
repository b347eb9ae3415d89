-- Calls that a provider took and then did not dial, for want of a line or of a working account. The person
-- heard nothing of them, so no cap counts them; and for want of lines the account slows down.
create or replace function engine.note_undialled(p_readings engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_undialled engine.event_reading[] := array(
    select r from unnest(p_readings) as r where (r.reading).kind = 'final' and (r.reading).scope in ('capacity', 'account')
  );
begin
  if cardinality(v_undialled) = 0 then
    return;
  end if;
  update engine.attempts as a
  set is_contact = false
  from unnest(v_undialled) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  perform engine.lower_pace(array_agg(j.team_id), array_agg(j.integration_id), array_agg((r.reading).reason_code), null)
  from unnest(v_undialled) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where (r.reading).scope = 'capacity'
  having count(*) > 0;
end
$$;
comment on function engine.note_undialled(engine.event_reading[]) is
'Takes calls that were never dialled out of the contacts, and lowers the pace of accounts that lacked lines.';
revoke all on function engine.note_undialled(engine.event_reading[]) from public;
