-- Makes the partitions of this month and the next, long before anything is moved there. PostgreSQL tells other sessions
-- of an attached partition a moment after its commit is visible: who begins to read within that moment would miss
-- what was moved in the same transaction. The caller keeps others from making them at once.
create or replace function engine.prepare_months()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_months constant timestamptz[] := array[engine.now(), engine.now() + interval '1 month'];
begin
  perform engine.ensure_partitions(k.kind, v_months)
  from unnest(array['job', 'attempt', 'event', 'gate_decision']) as k (kind);
end
$$;
comment on function engine.prepare_months() is 'Makes the missing partitions of the history for this month and the next.';
revoke all on function engine.prepare_months() from public;
