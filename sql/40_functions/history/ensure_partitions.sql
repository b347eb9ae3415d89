-- Makes the partitions of a history table for the months of some moments, where they are missing. Made as
-- tables and attached: that lets everybody read and write the history meanwhile.
create or replace function engine.ensure_partitions(p_kind text, p_moments timestamptz[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_month timestamp;
  v_whole text := p_kind || '_history';
  v_part text;
  v_made integer := 0;
begin
  -- A loop, because each is a statement that defines a table.
  for v_month in
    select distinct date_trunc('month', a.at at time zone 'UTC') from unnest(p_moments) as a (at) order by 1
  loop
    v_part := v_whole || to_char(v_month, '_YYYY_MM');
    continue when to_regclass('engine.' || v_part) is not null;
    execute format('create table engine.%I (like engine.%I including all)', v_part, v_whole);
    execute format(
      'alter table engine.%I attach partition engine.%I for values from (%L) to (%L)', v_whole, v_part,
      v_month at time zone 'UTC', (v_month + interval '1 month') at time zone 'UTC'
    );
    v_made := v_made + 1;
  end loop;
  return v_made;
end
$$;
comment on function engine.ensure_partitions(text, timestamptz[]) is
'Makes the missing partitions of job, attempt, event or gate_decision history for the months (in UTC) of these moments; returns how many.';
revoke all on function engine.ensure_partitions(text, timestamptz[]) from public;
