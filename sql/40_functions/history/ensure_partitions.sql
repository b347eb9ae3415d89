-- Makes the history's partitions for the months of some moments, where they are missing. Made as tables and
-- attached: that lets everybody read and write the history meanwhile.
create or replace function engine.ensure_partitions(p_moments timestamptz[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_missing record;
  v_made integer := 0;
begin
  -- A loop, because each is a statement that defines a table.
  for v_missing in
    select t.name as whole, t.name || to_char(m.month, '_YYYY_MM') as part, m.month
    from (select distinct date_trunc('month', a.at at time zone 'UTC') as month from unnest(p_moments) as a (at)) as m
    cross join (values ('job_history'), ('attempt_history'), ('event_history')) as t (name)
    where to_regclass('engine.' || t.name || to_char(m.month, '_YYYY_MM')) is null
    order by m.month, t.name
  loop
    execute format('create table engine.%I (like engine.%I including all)', v_missing.part, v_missing.whole);
    execute format(
      'alter table engine.%I attach partition engine.%I for values from (%L) to (%L)', v_missing.whole, v_missing.part,
      v_missing.month at time zone 'UTC', (v_missing.month + interval '1 month') at time zone 'UTC'
    );
    v_made := v_made + 1;
  end loop;
  return v_made;
end
$$;
comment on function engine.ensure_partitions(timestamptz[]) is
'Makes the missing partitions of the history for the months (in UTC) of these moments; returns how many tables.';
revoke all on function engine.ensure_partitions(timestamptz[]) from public;
