-- Checks the staged rows of a run, or a preview, that engine.check_usual_rows has left of these numbers, or that it was
-- not asked for: no more than memory holds.
create or replace function engine.check_other_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into engine.checked_rows
  select
    p_team_id, p_run_id, c.row_number, c.phone, c.phone_extension, c.first_name, c.last_name, c.email, c.timezone,
    c.timezones, c.regions, c.postal_code, c.servicetitan_customer_id, c.verdict, c.issues
  from public.teams as t
  cross join lateral engine.check_rows(
    engine.unchecked_rows(p_team_id, p_run_id, p_first, p_last), t.country, t.is_sandbox
  ) as c
  where t.id = p_team_id
$$;
comment on function engine.check_other_rows(uuid, uuid, bigint, bigint) is 'Checks staged rows of these numbers that are not checked yet.';
revoke all on function engine.check_other_rows(uuid, uuid, bigint, bigint) from public;
