-- The engine moves contacts through workflows. No API exposes it: what is in here is called by
-- workers, by pg_cron, and by the RPCs in `public`.
create schema if not exists engine;
comment on schema engine is 'Jobs, attempts, events, counters and the clock. Not exposed: workers, cron and the RPCs call it.';
revoke all on schema engine from public;
