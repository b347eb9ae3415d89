-- How long a run may be silent before it counts as abandoned. A transaction that holds the run's row
-- keeps it alive without a word, so this bridges only the time between transactions.
create or replace function engine.run_lease()
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$ select interval '15 minutes' $$;
comment on function engine.run_lease() is 'How long an open run may be silent.';
revoke all on function engine.run_lease() from public;
