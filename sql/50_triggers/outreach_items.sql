-- As in state_machines.sql. Whoever was enrolled stays so, unless the outreach is cancelled before she is reached.
create or replace trigger outreach_items_take_legal_steps
before update of status on public.outreach_items
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'HOLDING' and new.status in ('HOLD_FAILED', 'ENROLLED', 'CANCELLED'))
    or (old.status = 'HOLD_FAILED' and new.status in ('HOLDING', 'CANCELLED'))
    or (old.status = 'ENROLLED' and new.status = 'CANCELLED')
  )
)
execute function engine.refuse_step('outreach_item');
