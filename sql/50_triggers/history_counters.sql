-- A move changes no number: what the hot table counts out the history counts in, in the same transaction.
-- Retention drops tables, which counts nothing out.
create or replace trigger job_history_is_counted_in
after insert on engine.job_history
referencing new table as moved_rows
for each statement execute function engine.count_moved_jobs();
create or replace trigger job_history_is_counted_out
after delete on engine.job_history
referencing old table as moved_rows
for each statement execute function engine.count_moved_jobs();
