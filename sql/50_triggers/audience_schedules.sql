-- An archived list has no schedule that is on; see stop_schedule.sql and refuse_archived_schedule.sql.
create or replace trigger audience_lists_stop_their_schedule
after update of status on public.audience_lists
for each row
when (old.status is distinct from new.status and new.status = 'ARCHIVED')
execute function engine.stop_schedule();

create or replace trigger audience_schedules_are_off_for_archived_lists
before insert or update of is_enabled on public.audience_schedules
for each row
when (new.is_enabled)
execute function engine.refuse_archived_schedule();
