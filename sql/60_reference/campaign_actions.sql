-- launch leads to SCHEDULED when a later time is given; retry leaves a campaign that runs or is paused as it is.
insert into reference.campaign_actions (action, place, from_statuses, to_status, participle, hint) values
('update', 1, '{CREATED}', 'CREATED', 'edited', 'Create a new campaign with other settings.'),
('launch', 2, '{CREATED}', 'ACTIVE', 'launched', 'Create a new campaign to run it again.'),
('unschedule', 3, '{SCHEDULED}', 'CREATED', 'unscheduled', 'Pause or cancel a campaign that has started.'),
('pause', 4, '{ACTIVE}', 'PAUSED', 'paused', 'A campaign that has not started can be unscheduled or cancelled.'),
('resume', 5, '{PAUSED}', 'ACTIVE', 'resumed', 'Launch a campaign that has not started.'),
('cancel', 6, '{CREATED,SCHEDULED,ACTIVE,PAUSED}', 'CANCELLED', 'cancelled', 'It is over already.'),
('retry', 7, '{ACTIVE,PAUSED,COMPLETED}', 'ACTIVE', 'retried', 'Only what a campaign has tried can be tried again.'),
('archive', 8, '{CREATED,COMPLETED,CANCELLED}', 'ARCHIVED', 'archived', 'Wait until it is over, or cancel it.'),
('unarchive', 9, '{CREATED,COMPLETED,CANCELLED}', 'UNARCHIVED', 'unarchived', 'There is nothing to do.')
on conflict (action) do update
  set
    place = excluded.place, from_statuses = excluded.from_statuses, to_status = excluded.to_status,
    participle = excluded.participle, hint = excluded.hint;
