-- How much of a provider's rate is used up: one row for an account and kind of request, shared by all
-- workers. Unlogged: after a crash a second has passed anyway.
create unlogged table engine.rate_limits (
  key text not null,
  free_at timestamptz not null,
  constraint rate_limits_pk primary key (key),
  constraint rate_limits_key_is_short check (length(key) between 1 and 300)
);
comment on table engine.rate_limits is 'When the next request of an account may go out, for all workers together.';
comment on column engine.rate_limits.free_at is
'Real time, not campaign time: providers count the seconds that pass for them.';
