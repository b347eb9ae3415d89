-- What was fetched and staged for a run or a preview goes when it ends.
create or replace function engine.forget_subject(p_team_id uuid, p_subject_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  delete from engine.import_rows as r where r.team_id = p_team_id and r.run_id = p_subject_id;
  delete from engine.checked_rows as r where r.team_id = p_team_id and r.run_id = p_subject_id;
  delete from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_subject_id;
  delete from engine.servicetitan_jobs as j where j.team_id = p_team_id and j.subject_id = p_subject_id;
  delete from engine.servicetitan_appointments as a where a.team_id = p_team_id and a.subject_id = p_subject_id;
  delete from engine.report_pages as p where p.team_id = p_team_id and p.subject_id = p_subject_id;
$$;
comment on function engine.forget_subject(uuid, uuid) is 'Empties the staging of a run or preview.';
revoke all on function engine.forget_subject(uuid, uuid) from public;
