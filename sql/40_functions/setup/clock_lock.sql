-- The advisory lock of the sandbox's clock: what judges by it holds it shared, what sets it takes it alone.
create or replace function engine.clock_lock()
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return hashtextextended('the clock', 0);
end
$$;
comment on function engine.clock_lock() is 'Key of the advisory lock between what sets the sandbox''s clock and what judges by it.';
revoke all on function engine.clock_lock() from public;
