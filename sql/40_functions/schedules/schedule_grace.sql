-- How late a run may be before its schedule is shown as overdue: a few ticks, and the time in which a
-- worker takes up what is queued.
create or replace function engine.schedule_grace()
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$ select interval '5 minutes' $$;
comment on function engine.schedule_grace() is 'After how long a due run counts as overdue.';
revoke all on function engine.schedule_grace() from public;
