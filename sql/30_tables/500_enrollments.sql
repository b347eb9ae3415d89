-- One contact's journey through one campaign.
create table engine.enrollments (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  campaign_id uuid not null,
  contact_id uuid not null,
  phone text not null,
  status public.enrollment_status not null default 'ACTIVE',
  reason_code text,
  booked_at timestamptz,
  retries_left integer not null,
  enrolled_at timestamptz not null default engine.now(),
  ended_at timestamptz,
  retry_count integer not null default 0,
  reopened_at timestamptz,
  archived_at timestamptz,
  timezone text,
  reached_at timestamptz,
  booked_node_id text,
  booked_job_id uuid,
  booking jsonb,
  constraint enrollments_pk primary key (team_id, id),
  constraint enrollments_once_per_campaign unique (team_id, campaign_id, contact_id),
  constraint enrollments_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id),
  constraint enrollments_contact_exists
  foreign key (team_id, contact_id) references public.contacts (team_id, id),
  constraint enrollments_active_until_ended check ((status = 'ACTIVE') = (ended_at is null)),
  constraint enrollments_end_with_a_reason check (status = 'ACTIVE' or reason_code is not null),
  constraint enrollments_booked_know_when check (status <> 'BOOKED' or booked_at is not null),
  constraint enrollments_retries_left_is_not_negative check (retries_left >= 0),
  constraint enrollments_reopened_know_when check ((retry_count = 0) = (reopened_at is null) and retry_count >= 0),
  -- Whoever opens one again must bring back its history first: see engine.recall_enrollments.
  constraint enrollments_archived_have_ended check (archived_at is null or ended_at is not null),
  constraint enrollments_credit_bookings check (
    (booked_node_id is null) = (booked_job_id is null) and (booked_at is not null or (booked_node_id is null and booking is null))
  )
);
create index enrollments_by_contact on engine.enrollments (team_id, contact_id);
create index enrollments_active_by_phone on engine.enrollments (phone, team_id) where status = 'ACTIVE';
create index enrollments_active_by_campaign on engine.enrollments (team_id, campaign_id) where status = 'ACTIVE';
create index enrollments_to_archive on engine.enrollments (ended_at)
where ended_at is not null and archived_at is null;
comment on table engine.enrollments is 'One contact''s journey through one campaign.';
comment on column engine.enrollments.retries_left is 'Budget that retries of every kind share.';
comment on column engine.enrollments.phone is 'The number at enrollment: what a stop or a suppression is matched against.';
comment on column engine.enrollments.retry_count is
'How often a retry opened it again, after it had failed or was left out for another number: the only way out of an end.';
comment on column engine.enrollments.reopened_at is
'When it was last opened again. The retry rules of nodes begin anew from here.';
comment on column engine.enrollments.archived_at is 'When its jobs, attempts and events went to the history tables; null: they are in the hot ones.';
comment on column engine.enrollments.timezone is
'Zone that statistics count the person under, as it was at enrollment: the one that was stated, else the first that she may be in.';
comment on column engine.enrollments.reached_at is
'When a call was first answered or a text first delivered; a booking reaches too.';
comment on column engine.enrollments.booked_node_id is 'The node that the booking is credited to: the first that made one.';
comment on column engine.enrollments.booked_job_id is 'The job of that node.';
comment on column engine.enrollments.booking is 'ServiceTitan ids that the booking carried: {job_id?, appointment_id?, booking_id?}.';
