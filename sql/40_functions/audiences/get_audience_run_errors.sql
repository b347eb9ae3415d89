-- What was wrong with the rows of a run, in order of the file.
create or replace function public.get_audience_run_errors(
  p_run_id uuid, p_severity text default null, p_limit integer default 50, p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- reads for a caller who is checked here
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_limit integer := engine.page_limit(p_limit);
  v_after bigint := engine.page_key(p_cursor, '^[0-9]{1,18}$')::bigint;
  v_result jsonb;
begin
  select * into v_run from public.audience_runs as r
  where r.team_id = any(engine.caller_team_ids()) and r.id = p_run_id;
  perform engine.require_row(v_run.team_id, 'audience_run', p_run_id, 'viewer');
  if p_severity is not null and p_severity not in ('error', 'warning', 'info') then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('severity_unknown', 'p_severity', 'The severity must be error, warning or info, or null for all.')
    ), 'The request');
  end if;
  with page as (
    select
      e.position,
      row_number() over (order by e.position) as place,
      jsonb_build_object(
        'row', e.row_number, 'column', nullif(e.column_name, ''), 'code', e.code, 'severity', e.severity,
        'message', p.message, 'value', e.value, 'servicetitan_customer_id', e.servicetitan_customer_id
      ) as item
    from public.audience_run_errors as e
    inner join reference.import_problems as p on e.code = p.code
    where
      e.team_id = v_run.team_id and e.run_id = v_run.id
      and (v_after is null or e.position > v_after)
      and (p_severity is null or e.severity = p_severity)
    order by e.position
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(jsonb_agg(p.item order by p.place) filter (where p.place <= v_limit), '[]'),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(p.position::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_run_errors(uuid, text, integer, text) is
'A page of a run''s problems: {items[{row, column, code, severity, message, value, servicetitan_customer_id}], next_cursor}.';
revoke all on function public.get_audience_run_errors(uuid, text, integer, text) from public;
grant execute on function public.get_audience_run_errors(uuid, text, integer, text) to authenticated, service_role;
