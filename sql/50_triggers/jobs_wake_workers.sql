-- A lead is dialled within a second: see the function.
create or replace trigger jobs_wake_workers
after insert on engine.jobs
referencing new table as new_rows
for each statement execute function engine.wake_workers();
