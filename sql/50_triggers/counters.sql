-- Whatever changes a job or an enrollment changes the counters in the same transaction.
create or replace trigger jobs_are_counted_in
after insert on engine.jobs
referencing new table as new_rows
for each statement execute function engine.count_jobs();
create or replace trigger jobs_are_recounted
after update on engine.jobs
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_jobs();
create or replace trigger jobs_are_counted_out
after delete on engine.jobs
referencing old table as old_rows
for each statement execute function engine.count_jobs();

create or replace trigger enrollments_are_counted_in
after insert on engine.enrollments
referencing new table as new_rows
for each statement execute function engine.count_enrollments();
create or replace trigger enrollments_are_recounted
after update on engine.enrollments
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_enrollments();
create or replace trigger enrollments_are_counted_out
after delete on engine.enrollments
referencing old table as old_rows
for each statement execute function engine.count_enrollments();
