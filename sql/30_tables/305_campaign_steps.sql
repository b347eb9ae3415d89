-- The diary of a campaign: every step of its status and who took it. A trigger writes it, so that no step
-- is missing, whatever the SQL.
create table engine.campaign_steps (
  team_id uuid not null,
  campaign_id uuid not null,
  id uuid not null default engine.new_id(),
  from_status public.campaign_status,
  to_status public.campaign_status not null,
  step_at timestamptz not null default engine.now(),
  user_id uuid,
  reason text not null,
  constraint campaign_steps_pk primary key (team_id, id),
  constraint campaign_steps_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id) on delete cascade,
  constraint campaign_steps_reason_is_known check (reason in (
    'created', 'scheduled', 'unscheduled', 'launched', 'paused', 'resumed', 'completed', 'cancelled', 'retried',
    'archived', 'unarchived'
  ))
);
create index campaign_steps_of_campaign on engine.campaign_steps (team_id, campaign_id, id);
comment on table engine.campaign_steps is 'Every step that a campaign took: when, by whom, and what it was.';
comment on column engine.campaign_steps.from_status is 'Null when it was created.';
comment on column engine.campaign_steps.user_id is 'Who pressed the button; null for the clock and for services.';
