-- Whether the jobs and appointments are cancelled that a refresh's members match by. One that was not when it matched
-- before has been cancelled since; one that is not any more has come back.
create or replace function engine.keep_member_work(p_team_id uuid, p_run_id uuid)
returns void
language sql
volatile
set search_path = ''
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
  insert into engine.servicetitan_work as w (team_id, kind, id, was_cancelled)
  select p_team_id, k.kind, k.id, k.status = 'Canceled'
  from (
    select 'job' as kind, j.id, j.status
    from engine.servicetitan_jobs as j
    where j.team_id = p_team_id and j.subject_id = p_run_id and j.id in (
      select f.servicetitan_job_id from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_run_id
    )
    union all
    select 'appointment', a.id, a.status
    from engine.servicetitan_appointments as a
    where a.team_id = p_team_id and a.subject_id = p_run_id and a.id in (
      select f.servicetitan_appointment_id from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_run_id
    )
  ) as k
  where k.status is not null
  order by k.kind, k.id
  on conflict on constraint servicetitan_work_pk do update
    set
      was_cancelled = excluded.was_cancelled,
      kept_at = excluded.kept_at,
      cancelled_at = case
        when excluded.was_cancelled and not w.was_cancelled then coalesce(w.cancelled_at, engine.now())
        when excluded.was_cancelled then w.cancelled_at
      end
    where w.was_cancelled <> excluded.was_cancelled or (w.cancelled_at is not null and not excluded.was_cancelled)
      or w.kept_at < excluded.kept_at - interval '1 month'
$$;
comment on function engine.keep_member_work(uuid, uuid) is
'Keeps whether the jobs and appointments that a refresh''s members match by are cancelled.';
revoke all on function engine.keep_member_work(uuid, uuid) from public;
