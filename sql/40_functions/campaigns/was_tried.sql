-- Whether a journey began: who was left out when she was enrolled never had a job.
create or replace function engine.was_tried(p_enrollment engine.enrollments)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from engine.all_jobs as j where j.team_id = p_enrollment.team_id and j.enrollment_id = p_enrollment.id
  )
$$;
comment on function engine.was_tried(engine.enrollments) is 'Whether somebody was not left out of a campaign from the start.';
revoke all on function engine.was_tried(engine.enrollments) from public;
