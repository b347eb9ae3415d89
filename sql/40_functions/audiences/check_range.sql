-- Checks the staged rows of a run, or a preview, from one row number to before another: as many as memory holds.
create or replace function engine.check_range(p_team_id uuid, p_run_id uuid, p_from bigint, p_before bigint)
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
    (
      select array_agg(r order by r.row_number) from engine.import_rows as r
      where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number >= p_from and r.row_number < p_before
    ),
    t.country, t.is_sandbox
  ) as c
  where t.id = p_team_id
$$;
comment on function engine.check_range(uuid, uuid, bigint, bigint) is 'Checks staged rows of these numbers into engine.checked_rows.';
revoke all on function engine.check_range(uuid, uuid, bigint, bigint) from public;
