-- Checks the staged rows of a run, or a preview, that come after those that are checked already. Batch by
-- batch, so that memory stays flat whatever the file's size: that is the reason for the loop.
create or replace function engine.check_new_rows(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_batch constant integer := 20000;
  v_country text;
  v_is_sandbox boolean;
  v_from bigint;
begin
  select t.country, t.is_sandbox into v_country, v_is_sandbox from public.teams as t where t.id = p_team_id;
  select max(k.row_number) + 1 into v_from
  from engine.checked_rows as k
  where k.team_id = p_team_id and k.run_id = p_run_id;
  loop
    select min(r.row_number) into v_from
    from engine.import_rows as r
    where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number >= coalesce(v_from, 0);
    exit when v_from is null;
    insert into engine.checked_rows
    select
      p_team_id, p_run_id, c.row_number, c.phone, c.phone_extension, c.first_name, c.last_name, c.email, c.timezone,
      c.timezones, c.regions, c.postal_code, c.servicetitan_customer_id, c.verdict, c.issues
    from engine.check_rows(
      (
        select array_agg(r order by r.row_number) from engine.import_rows as r
        where
          r.team_id = p_team_id and r.run_id = p_run_id
          and r.row_number >= v_from and r.row_number < v_from + c_batch
      ),
      v_country, v_is_sandbox
    ) as c;
    v_from := v_from + c_batch;
  end loop;
end
$$;
comment on function engine.check_new_rows(uuid, uuid) is 'Checks staged rows into engine.checked_rows, from the first on that is not checked.';
revoke all on function engine.check_new_rows(uuid, uuid) from public;
