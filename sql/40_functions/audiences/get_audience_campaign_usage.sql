-- The campaigns of a list, newest first.
create or replace function public.get_audience_campaign_usage(
  p_list_id uuid, p_limit integer default 50, p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- engine.caller_team_ids and the role are checked by engine.require_list
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  with page as (
    select
      c.id,
      row_number() over (order by c.id desc) as place,
      jsonb_build_object(
        'id', c.id, 'name', c.name, 'kind', c.kind, 'status', c.status, 'is_continuous', c.is_continuous,
        'workflow', jsonb_build_object('id', w.id, 'name', w.name, 'version', w.version, 'status', w.status),
        'enrolled_count', (
          select coalesce(sum(k.amount), 0)
          from engine.counters as k
          where k.team_id = c.team_id and k.campaign_id = c.id and k.node_id = ''
        ),
        'scheduled_at', c.scheduled_at, 'started_at', c.started_at,
        'ended_at', c.ended_at, 'created_at', c.created_at
      ) as item
    from public.campaigns as c
    inner join public.workflows as w on c.team_id = w.team_id and c.workflow_id = w.id
    where c.team_id = v_list.team_id and c.list_id = v_list.id and (v_before is null or c.id < v_before)
    order by c.id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(jsonb_agg(p.item order by p.place) filter (where p.place <= v_limit), '[]'),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(p.id::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_campaign_usage(uuid, integer, text) is
'A page of the campaigns that use a list, newest first: {items[{id, name, kind, status, is_continuous, workflow{id, name, '
'version, status}, enrolled_count, scheduled_at, started_at, ended_at, created_at}], next_cursor}.';
revoke all on function public.get_audience_campaign_usage(uuid, integer, text) from public;
grant execute on function public.get_audience_campaign_usage(uuid, integer, text) to authenticated, service_role;
