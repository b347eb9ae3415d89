-- Rows of people whom the list leaves out: kept apart, with the reason by row, and not stored. Batch by
-- batch, so that memory stays flat whatever the file's size: that is the reason for the loop.
create or replace function engine.mark_excluded(p_team_id uuid, p_run_id uuid, p_exclusions jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  c_batch constant bigint := 10000::bigint;
  v_from bigint;
  v_excluded bigint := 0::bigint;
  v_batch bigint;
begin
  if p_exclusions = '{}' then
    return 0::bigint;
  end if;
  loop
    select min(k.row_number) into v_from
    from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.row_number >= coalesce(v_from, 0);
    exit when v_from is null;
    update engine.checked_rows as k
    set
      verdict = 'excluded',
      issues = coalesce(k.issues, '[]')
        || jsonb_build_array(jsonb_build_object('code', f.reason, 'field', 'phone', 'value', k.phone))
    from engine.find_exclusions(p_team_id, p_exclusions, (
      select array_agg((
        r.row_number, c.id, r.phone, coalesce(r.servicetitan_customer_id, c.servicetitan_customer_id)
      )::engine.candidate)
      from engine.checked_rows as r
      left join public.contacts as c on r.team_id = c.team_id and r.phone = c.phone
      where
        r.team_id = p_team_id and r.run_id = p_run_id and r.verdict = 'accepted'
        and r.row_number >= v_from and r.row_number < v_from + c_batch
    )) as f
    where k.team_id = p_team_id and k.run_id = p_run_id and k.row_number = f.ordinal;
    get diagnostics v_batch = row_count;
    v_excluded := v_excluded + v_batch;
    v_from := v_from + c_batch;
  end loop;
  return v_excluded;
end
$$;
comment on function engine.mark_excluded(uuid, uuid, jsonb) is
'Marks the accepted rows of a run that exclusions leave out; returns how many.';
revoke all on function engine.mark_excluded(uuid, uuid, jsonb) from public;
