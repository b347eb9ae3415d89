-- Whatever changes a job or an enrollment changes the counters and the timeline in the same transaction.
create or replace trigger jobs_are_counted_in
after insert on engine.jobs
referencing new table as moved_rows
for each statement execute function engine.count_moved_jobs();
create or replace trigger jobs_are_recounted
after update on engine.jobs
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_changed_jobs();
create or replace trigger jobs_are_timed
after update on engine.jobs
referencing old table as old_rows new table as new_rows
for each statement execute function engine.time_changed_jobs();
create or replace trigger jobs_are_counted_out
after delete on engine.jobs
referencing old table as moved_rows
for each statement execute function engine.count_moved_jobs();

create or replace trigger enrollments_are_counted_in
after insert on engine.enrollments
referencing new table as moved_rows
for each statement execute function engine.count_moved_enrollments();
create or replace trigger enrollments_are_recounted
after update on engine.enrollments
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_changed_enrollments();
create or replace trigger enrollments_are_timed
after update on engine.enrollments
referencing old table as old_rows new table as new_rows
for each statement execute function engine.time_changed_enrollments();
create or replace trigger enrollments_are_counted_out
after delete on engine.enrollments
referencing old table as moved_rows
for each statement execute function engine.count_moved_enrollments();
