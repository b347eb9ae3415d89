-- What a simulation is given, and what it works out for each visit.
create type engine.simulated_contact as (
  team_timezone text,
  timezones text array,
  regions text array,
  position_in_list integer,
  retry_budget integer
);
comment on type engine.simulated_contact is
'Whom a simulation follows: every zone and region that counts, the place among those who start together, retries in all.';

create type engine.simulated_outcome as (
  outcome public.job_outcome,
  reply_text text,
  takes interval,
  source text
);
comment on type engine.simulated_outcome is 'What comes of a simulated visit, how long after sending, and whether scripted or sampled.';

create type engine.simulated_place as (
  due_at timestamptz,
  waits jsonb
);
comment on type engine.simulated_place is 'When a simulated visit is due, and what it waited for.';
