-- Every step of a campaign is written down, whoever takes it.
create or replace trigger campaigns_begin_a_diary
after insert on public.campaigns
for each row
execute function engine.log_campaign_step();
create or replace trigger campaigns_keep_a_diary
after update of status, archived_at on public.campaigns
for each row
when (old.status is distinct from new.status or (old.archived_at is null) is distinct from (new.archived_at is null))
execute function engine.log_campaign_step();
