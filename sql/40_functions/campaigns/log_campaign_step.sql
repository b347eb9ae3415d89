-- What a step was follows from the two rows; who took it from the caller's token.
create or replace function engine.log_campaign_step()
returns trigger
language plpgsql
security definer -- campaigns are written by functions of other owners' rights
set search_path = ''
as $$
declare
  v_from public.campaign_status;
  v_was_archived boolean;
begin
  if tg_op = 'UPDATE' then
    v_from := old.status;
    v_was_archived := old.archived_at is not null;
  end if;
  insert into engine.campaign_steps (team_id, campaign_id, from_status, to_status, user_id, reason)
  values (
    new.team_id, new.id, v_from, new.status, (select auth.uid()),
    case
      when v_from is null then 'created'
      when v_was_archived and new.archived_at is null then 'unarchived'
      when not v_was_archived and new.archived_at is not null then 'archived'
      when new.status = 'SCHEDULED' then 'scheduled'
      when new.status = 'CREATED' then 'unscheduled'
      when new.status = 'ACTIVE' and v_from = 'PAUSED' then 'resumed'
      when new.status = 'ACTIVE' and v_from = 'COMPLETED' then 'retried'
      when new.status = 'ACTIVE' then 'launched'
      else lower(new.status::text)
    end
  );
  return null;
end
$$;
comment on function engine.log_campaign_step() is 'Trigger: writes a step of a campaign into engine.campaign_steps.';
revoke all on function engine.log_campaign_step() from public;
