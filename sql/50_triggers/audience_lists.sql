-- Lists know how many campaigns use them without counting.
create or replace trigger campaigns_are_counted_in
after insert on public.campaigns
referencing new table as new_rows
for each statement execute function engine.count_campaigns();
create or replace trigger campaigns_are_recounted
after update on public.campaigns
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_campaigns();
create or replace trigger campaigns_are_counted_out
after delete on public.campaigns
referencing old table as old_rows
for each statement execute function engine.count_campaigns();
-- An archived list is not filled: neither an import nor a refresh begins, whoever queues it.
create or replace trigger audience_runs_are_of_active_lists
before insert on public.audience_runs
for each row
when (new.list_id is not null)
execute function engine.refuse_archived_run();
