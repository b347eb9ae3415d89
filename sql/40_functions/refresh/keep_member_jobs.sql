-- Before a refresh forgets the jobs that it found: what campaigns target by, of the jobs that members name.
create or replace function engine.keep_member_jobs(p_team_id uuid, p_run_id uuid)
returns void
language sql
volatile
set search_path = ''
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
  insert into engine.servicetitan_member_jobs as k (team_id, id, business_unit_id, campaign_id)
  select j.team_id, j.id, j.business_unit_id, j.campaign_id
  from engine.servicetitan_jobs as j
  where j.team_id = p_team_id and j.subject_id = p_run_id and j.id in (
    select f.servicetitan_job_id from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_run_id
  )
  order by j.id
  on conflict on constraint servicetitan_member_jobs_pk do update
    set business_unit_id = excluded.business_unit_id, campaign_id = excluded.campaign_id
    where (k.business_unit_id, k.campaign_id) is distinct from (excluded.business_unit_id, excluded.campaign_id)
$$;
comment on function engine.keep_member_jobs(uuid, uuid) is
'Keeps business unit and campaign of the jobs that a refresh''s members matched by.';
revoke all on function engine.keep_member_jobs(uuid, uuid) from public;
