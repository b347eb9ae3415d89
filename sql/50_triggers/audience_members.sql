-- Triggers of one event fire in order of their names: campaigns are locked before lists, as a launch does.
create or replace trigger audience_members_are_added_to_campaigns
after insert on public.audience_members
referencing new table as new_rows
for each statement execute function engine.enroll_new_members();
-- Lists know how many members they have without counting.
create or replace trigger audience_members_are_counted_in
after insert on public.audience_members
referencing new table as new_rows
for each statement execute function engine.count_members();
create or replace trigger audience_members_are_counted_out
after delete on public.audience_members
referencing old table as old_rows
for each statement execute function engine.count_members();
create or replace trigger audience_members_do_not_move
before update of team_id, list_id, contact_id on public.audience_members
for each row
when ((old.team_id, old.list_id, old.contact_id) is distinct from (new.team_id, new.list_id, new.contact_id))
execute function engine.refuse_member_move();
