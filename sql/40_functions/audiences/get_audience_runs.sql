-- The runs of a list, newest first; without a list those of the team, so that imports that were refused
-- before they made a list are found as well.
create or replace function public.get_audience_runs(
  p_list_id uuid default null, p_limit integer default 50, p_cursor text default null, p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := case
    when p_list_id is not null then (engine.require_list(p_list_id, 'viewer')).team_id
    else engine.require_team(p_team_id, 'viewer')
  end;
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  with page as (
    select r as run, row_number() over (order by r.id desc) as place
    from public.audience_runs as r
    where
      r.team_id = v_team_id
      and (p_list_id is null or r.list_id = p_list_id)
      and (v_before is null or r.id < v_before)
    order by r.id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(
      jsonb_agg(engine.describe_run(p.run) order by p.place) filter (where p.place <= v_limit), '[]'
    ),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(((p.run).id)::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_runs(uuid, integer, text, uuid) is
'A page of runs, newest first: {items[{id, list_id, list_name, source, status, counts{…}, failure_code, failure_message, …}], next_cursor}.';
revoke all on function public.get_audience_runs(uuid, integer, text, uuid) from public;
grant execute on function public.get_audience_runs(uuid, integer, text, uuid) to authenticated, service_role;
