-- A number that is in the file twice is one contact: its first accepted row is used, the others are
-- told, not refused.
create or replace function engine.mark_duplicates(p_team_id uuid, p_run_id uuid)
returns bigint
language plpgsql
set search_path = ''
set work_mem = '64MB' -- one group for each number
as $$
declare
  v_count bigint;
begin
  with twice as (
    select c.phone, min(c.row_number) as first_row
    from engine.checked_rows as c
    where c.team_id = p_team_id and c.run_id = p_run_id and c.verdict = 'accepted'
    group by c.phone
    having count(*) > 1
  )
  update engine.checked_rows as c
  set
    verdict = 'duplicate',
    issues = coalesce(c.issues, '[]')
      || jsonb_build_array(jsonb_build_object('code', 'duplicate_phone', 'field', 'phone', 'value', c.phone))
  from twice as t
  where
    c.team_id = p_team_id and c.run_id = p_run_id and c.verdict = 'accepted'
    and c.phone = t.phone and c.row_number > t.first_row;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.mark_duplicates(uuid, uuid) is 'Marks later rows of a number that an earlier row has; returns how many.';
revoke all on function engine.mark_duplicates(uuid, uuid) from public;
