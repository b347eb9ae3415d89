-- Whether an enrollment takes the one place that its customer has in the campaign. It does, but for one that never got
-- as far as her: who was left out at once has no job, and where every job found the number dead nobody was reached. A
-- corrected number is a reason to try then. What is in doubt takes the place: of what the provider refused only what is
-- about the number says that it is dead (what is barred is about the account), and of what it took only that the carrier
-- knows no such number, or none that takes texts; a phone that was off or a text that was filtered may be hers.
create or replace function engine.takes_place(p_enrollment engine.enrollments)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_enrollment.status not in ('SUPPRESSED', 'OPTED_OUT', 'FAILED') or p_enrollment.reached_at is not null or not coalesce(
    (
      select bool_and(p_enrollment.status <> 'OPTED_OUT' and case
        when j.outcome is null then j.reason_code is not distinct from 'suppressed_invalid'
        -- 0.1.0 wrote "failed" where a call found the number dead.
        when j.outcome not in ('undeliverable', 'failed') or j.reason_code is null then false
        when engine.number_fault(j.reason_code) is not null then engine.number_fault(j.reason_code) = 'dead'
        else j.outcome = 'undeliverable' and exists (
          select from engine.all_attempts as a
          where a.team_id = j.team_id and a.job_id = j.id and a.status = 'REFUSED' and coalesce(a.code, 'refused') = j.reason_code
        )
      end)
      from engine.all_jobs as j
      where j.team_id = p_enrollment.team_id and j.enrollment_id = p_enrollment.id
    ),
    -- Without a job: whoever was left out has none, and of others it was purged.
    p_enrollment.ended_at = p_enrollment.enrolled_at
  )
$$;
comment on function engine.takes_place(engine.enrollments) is
'False for an enrollment that left its contact out or found only that the number is dead: another number may have its place.';
revoke all on function engine.takes_place(engine.enrollments) from public;
