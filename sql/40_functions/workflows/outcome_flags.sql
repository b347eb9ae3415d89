-- A bit for each outcome.
create or replace function engine.outcome_flags()
returns table (outcome public.job_outcome, flag integer)
language plpgsql
immutable
parallel safe
rows 12
set search_path = ''
as $$
begin
  return query
  select o.outcome, 1 << o.place::integer
  from unnest(enum_range(null::public.job_outcome)) with ordinality as o (outcome, place);
end
$$;
comment on function engine.outcome_flags() is 'Each outcome with a bit of its own.';
revoke all on function engine.outcome_flags() from public;
