-- The months that the history has partitions for, read from the catalogue.
create or replace function engine.history_months()
returns table (month timestamp)
language sql
stable
set search_path = ''
as $$
  select distinct to_timestamp(right(c.relname, 7), 'YYYY_MM')::timestamp
  from pg_catalog.pg_inherits as i
  inner join pg_catalog.pg_class as c on i.inhrelid = c.oid
  where i.inhparent in ('engine.job_history'::regclass, 'engine.attempt_history'::regclass, 'engine.event_history'::regclass)
$$;
comment on function engine.history_months() is 'Months (in UTC) of which there is history.';
revoke all on function engine.history_months() from public;
