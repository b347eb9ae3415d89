-- The outreaches of a list or of the whole team, newest first, and how far each has come.
create or replace function public.list_outreaches(
  p_list_id uuid default null, p_limit integer default 50, p_cursor text default null, p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid;
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
begin
  v_team_id := case
    when p_list_id is null then engine.require_team(p_team_id, 'viewer')
    else (engine.require_list(p_list_id, 'viewer')).team_id
  end;
  return (
    with page as materialized (
      select o.*, row_number() over (order by o.id desc) as place
      from public.outreaches as o
      where o.team_id = v_team_id and (p_list_id is null or o.list_id = p_list_id)
        and (v_before is null or o.id < v_before)
      order by o.id desc
      limit v_limit + 1
    )

    select jsonb_build_object(
      'items', coalesce(jsonb_agg(jsonb_build_object(
        'id', p.id, 'kind', p.kind, 'channel', p.channel, 'name', c.name,
        'list', jsonb_build_object('id', l.id, 'name', l.name),
        'campaign', jsonb_build_object('id', c.id, 'status', c.status),
        'hold_reason_id', p.hold_reason_id, 'hold_memo', p.hold_memo,
        'counts', engine.count_items(p.team_id, p.id), 'created_by', p.created_by, 'created_at', p.created_at
      ) order by p.place) filter (where p.place <= v_limit), '[]'),
      'next_cursor', case
        when count(*) > v_limit then engine.page_cursor(min(p.id::text) filter (where p.place = v_limit))
      end
    )
    from page as p
    inner join public.audience_lists as l on p.team_id = l.team_id and p.list_id = l.id
    inner join public.campaigns as c on p.team_id = c.team_id and p.campaign_id = c.id
  );
end
$$;
comment on function public.list_outreaches(uuid, integer, text, uuid) is
'A page of the outreaches of a list or a team, newest first: {items[{id, kind, channel, name, list{id, name}, campaign{id, '
'status}, hold_reason_id, hold_memo, counts{items, holding, hold_failed, can_retry, enrolled, cancelled}, '
'created_by, created_at}], next_cursor}.';
revoke all on function public.list_outreaches(uuid, integer, text, uuid) from public;
grant execute on function public.list_outreaches(uuid, integer, text, uuid) to authenticated, service_role;
