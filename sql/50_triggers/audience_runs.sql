-- The run's part of reference.transitions; see state_machines.sql.
create or replace trigger audience_runs_take_legal_steps
before update of status on public.audience_runs
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'QUEUED' and new.status in ('RUNNING', 'FAILED'))
    or (old.status = 'RUNNING' and new.status in ('SUCCEEDED', 'PARTIAL', 'FAILED'))
  )
)
execute function engine.refuse_step('audience_run');
