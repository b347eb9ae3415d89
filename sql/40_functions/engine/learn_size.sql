-- A table that statistics call empty while a large piece of work fills it, as after all of its rows were moved away: until
-- the server looks by itself, and no session sees that before the work is committed, plans take each key of it for one
-- that finds everything, and the check of one foreign key reads all of a team's rows. So it is looked at right here.
-- Whoever looks at the same moment is left to it.
create or replace function engine.learn_size(p_table regclass, p_added bigint)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_many constant integer := 100; -- from here on a plan that was made for an empty table costs more than a look at it
begin
  if p_added >= c_many and (select c.reltuples <= 0 from pg_catalog.pg_class as c where c.oid = p_table) then
    execute format('analyze (skip_locked) %s', p_table);
  end if;
end
$$;
comment on function engine.learn_size(regclass, bigint) is
'Gathers the statistics of a table to which many rows were just added, if it has none or had no rows when they were gathered.';
revoke all on function engine.learn_size(regclass, bigint) from public;
