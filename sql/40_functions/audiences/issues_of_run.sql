-- The problems of a run as OB001's detail. A million of them help nobody, so the list is bounded and
-- ends with how many it leaves out.
create or replace function engine.issues_of_run(p_team_id uuid, p_run_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with problems as (
    select e.position, e.severity, engine.issue(
      e.code, 'p_rows', p.message, e.severity,
      jsonb_build_object('row', e.row_number, 'column', nullif(e.column_name, ''), 'value', e.value)
    ) as issue
    from public.audience_run_errors as e
    inner join reference.import_problems as p on e.code = p.code
    where e.team_id = p_team_id and e.run_id = p_run_id
    order by (e.severity = 'error') desc, e.position
    limit 500
  ),
  whole as (
    select count(*) as problems from public.audience_run_errors as e where e.team_id = p_team_id and e.run_id = p_run_id
  )
  select coalesce(jsonb_agg(p.issue order by (p.severity = 'error') desc, p.position) filter (where p.position is not null), '[]')
    || case
      when w.problems > 500 then jsonb_build_array(engine.issue(
        'more_problems', 'p_rows', format('%s more problems are not listed here.', w.problems - 500), 'info',
        jsonb_build_object('count', w.problems - 500)
      ))
      else '[]'
    end
  from whole as w
  left join problems as p on true
  group by w.problems
$$;
comment on function engine.issues_of_run(uuid, uuid) is 'Up to 500 problems of a run, errors first, and how many more there are.';
revoke all on function engine.issues_of_run(uuid, uuid) from public;
