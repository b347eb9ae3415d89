-- The verb of a sentence that is said before and after.
create or replace function engine.tense(p_dry_run boolean)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when p_dry_run then 'would be' else 'is' end
$$;
comment on function engine.tense(boolean) is 'The verb for what is done, or would be.';
revoke all on function engine.tense(boolean) from public;
