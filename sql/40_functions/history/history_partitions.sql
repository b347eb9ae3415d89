-- The partitions that the history has, read from the catalogue; a month is said in the name.
create or replace function engine.history_partitions()
returns table (name text, month timestamp)
language sql
stable
set search_path = ''
as $$
  select c.relname::text, to_timestamp(right(c.relname, 7), 'YYYY_MM')::timestamp
  from pg_catalog.pg_inherits as i
  inner join pg_catalog.pg_class as c on i.inhrelid = c.oid
  where i.inhparent in (
    'engine.job_history'::regclass, 'engine.attempt_history'::regclass, 'engine.event_history'::regclass,
    'engine.gate_decision_history'::regclass
  )
$$;
comment on function engine.history_partitions() is 'Partitions of the history and their months (in UTC).';
revoke all on function engine.history_partitions() from public;
