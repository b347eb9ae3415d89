-- A task that fails without a reason of its own is begun so many times at most.
create or replace function engine.task_attempts()
returns integer
language sql
immutable
parallel safe
set search_path = ''
as $$ select 8 $$;
comment on function engine.task_attempts() is 'How often a task is begun before it counts as failed.';
revoke all on function engine.task_attempts() from public;
