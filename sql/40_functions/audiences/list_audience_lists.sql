-- The lists of a team, newest first.
create or replace function public.list_audience_lists(
  p_search text default null,
  p_status text default 'ACTIVE',
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- counts campaigns and runs for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  if p_status is not null and p_status <> all(enum_range(null::public.audience_status)::text[]) then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('status_unknown', 'p_status', 'The status must be ACTIVE or ARCHIVED, or null for both.')
    ), 'The request');
  end if;
  with page as (
    select l as list, row_number() over (order by l.id desc) as place
    from public.audience_lists as l
    where
      l.team_id = v_team_id
      and (v_after is null or l.id < v_after)
      and (p_status is null or l.status::text = p_status)
      and (coalesce(btrim(p_search), '') = '' or strpos(lower(l.name), lower(btrim(p_search))) > 0)
    order by l.id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(
      jsonb_agg(engine.describe_list(p.list) order by p.place) filter (where p.place <= v_limit), '[]'
    ),
    'next_cursor', case
      when count(*) > v_limit
        then engine.page_cursor(min(((p.list).id)::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.list_audience_lists(text, text, integer, text, uuid) is
'A page of lists, newest first: {items[as get_audience_list], next_cursor}. p_search looks into names; p_status null means both.';
revoke all on function public.list_audience_lists(text, text, integer, text, uuid) from public;
grant execute on function public.list_audience_lists(text, text, integer, text, uuid) to authenticated, service_role;
