-- A cron expression, read once. Sets instead of the bits that cron keeps, and the issues with what is
-- wrong (errors) or not what it seems (warnings); with an error the sets mean nothing.
create type engine.cron_field as (
  numbers integer [],
  issues jsonb
);
comment on type engine.cron_field is 'One field of a cron expression: its numbers in order, and what is wrong with it.';

create type engine.cron_schedule as (
  minutes integer [],
  hours integer [],
  days integer [],
  months integer [],
  weekdays integer [],
  is_last_day boolean,
  is_either_day boolean,
  every_seconds integer,
  is_at_start boolean,
  issues jsonb
);
comment on type engine.cron_schedule is
'Sets of numbers in order (Sunday is 0); whether the last day of the month counts, whether either day field is enough; the period of "N seconds"; @reboot; issues.';
