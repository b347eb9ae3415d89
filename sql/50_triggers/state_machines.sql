-- The state machines of reference.transitions, written into WHEN clauses: a legal step costs no
-- function call and no lookup. A test tries every pair of states against the rows.
create or replace trigger jobs_take_legal_steps
before update of status on engine.jobs
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'READY' and new.status in ('CLAIMED', 'DISPATCHED', 'CANCELLED'))
    or (old.status = 'CLAIMED' and new.status in ('READY', 'DISPATCHED', 'AMBIGUOUS', 'FAILED', 'CANCELLED'))
    or (old.status = 'DISPATCHED' and new.status in ('DONE', 'FAILED', 'CANCELLED'))
    or (old.status = 'AMBIGUOUS' and new.status in ('DISPATCHED', 'READY', 'FAILED', 'CANCELLED'))
  )
)
execute function engine.refuse_step('job');

create or replace trigger enrollments_take_legal_steps
before update of status on engine.enrollments
for each row
when (
  old.status is distinct from new.status and old.status <> 'ACTIVE'
  -- A retry, which counts itself: of what failed, and of who was left out for another number of hers.
  and not (
    (old.status = 'FAILED' or (old.status = 'SUPPRESSED' and old.reason_code = 'same_customer'))
    and new.status = 'ACTIVE' and new.retry_count > old.retry_count
  )
)
execute function engine.refuse_step('enrollment');

create or replace trigger campaigns_take_legal_steps
before update of status on public.campaigns
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'CREATED' and new.status in ('SCHEDULED', 'ACTIVE', 'CANCELLED'))
    or (old.status = 'SCHEDULED' and new.status in ('CREATED', 'ACTIVE', 'CANCELLED'))
    or (old.status = 'ACTIVE' and new.status in ('PAUSED', 'COMPLETED', 'CANCELLED'))
    or (old.status = 'PAUSED' and new.status in ('ACTIVE', 'CANCELLED'))
    or (old.status = 'COMPLETED' and new.status = 'ACTIVE' and new.retry_count > old.retry_count)
  )
)
execute function engine.refuse_step('campaign');
