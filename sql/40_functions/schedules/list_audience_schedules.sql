-- The schedules of a team, those of the newest lists first.
create or replace function public.list_audience_schedules(
  p_search text default null, p_limit integer default 50, p_cursor text default null, p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads runs for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  with page as (
    select s as schedule, row_number() over (order by s.list_id desc) as place
    from public.audience_schedules as s
    inner join public.audience_lists as l on s.team_id = l.team_id and s.list_id = l.id
    where
      s.team_id = v_team_id
      and (v_after is null or s.list_id < v_after)
      and (coalesce(btrim(p_search), '') = '' or strpos(lower(l.name), lower(btrim(p_search))) > 0)
    order by s.list_id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(
      jsonb_agg(engine.describe_schedule(p.schedule) order by p.place) filter (where p.place <= v_limit), '[]'
    ),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(((p.schedule).list_id)::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.list_audience_schedules(text, integer, text, uuid) is
'A page of schedules: {items[{list_id, list_name, expression, timezone, summary, is_enabled, chip, next[], last_run, …}], next_cursor}. p_search looks into names.';
revoke all on function public.list_audience_schedules(text, integer, text, uuid) from public;
grant execute on function public.list_audience_schedules(text, integer, text, uuid) to authenticated, service_role;
