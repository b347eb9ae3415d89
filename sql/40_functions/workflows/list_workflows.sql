-- Workflows as a table shows them, last changed first. The cursor is the place of a row in that
-- order, so that pages stay right while rows are added.
create or replace function public.list_workflows(
  p_search text default null,
  p_status text default null,
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null,
  p_lineage_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- counts campaigns for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_key text := engine.page_key(p_cursor, '^[0-9]{1,18} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$');
  v_after_at timestamptz := to_timestamp(0) + split_part(v_key, ' ', 1)::bigint * interval '1 microsecond';
  v_after_id uuid := split_part(v_key, ' ', 2)::uuid;
begin
  if p_status <> all(enum_range(null::public.workflow_status)::text[]) then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('status_unknown', 'p_status', 'The status must be DRAFT, PUBLISHED or ARCHIVED, or null for all.')
    ), 'The request');
  end if;
  return (
    with page as materialized (
      select w.*, row_number() over (order by w.updated_at desc, w.id desc) as place
      from public.workflows as w
      where w.team_id = v_team_id
        and (w.lineage_id = p_lineage_id or (p_lineage_id is null and not w.is_generated))
        and (p_status is null or w.status::text = p_status)
        and (coalesce(btrim(p_search), '') = '' or strpos(lower(w.name), lower(btrim(p_search))) > 0)
        and (v_key is null or (w.updated_at, w.id) < (v_after_at, v_after_id))
      order by w.updated_at desc, w.id desc
      limit v_limit + 1
    )

    select jsonb_build_object(
      'items', coalesce(jsonb_agg(to_jsonb(p) - 'place' || jsonb_build_object(
        'node_count', (
          select count(*) from public.workflow_nodes as n where n.team_id = p.team_id and n.workflow_id = p.id
        ),
        'campaign_count', (
          select count(*) from public.campaigns as c where c.team_id = p.team_id and c.workflow_id = p.id
        )
      ) order by p.place) filter (where p.place <= v_limit), '[]'),
      'next_cursor', case when count(*) > v_limit then engine.page_cursor(
        min(format('%s %s', (extract(epoch from p.updated_at) * 1000000)::bigint, p.id)) filter (where p.place = v_limit)
      ) end
    )
    from page as p
  );
end
$$;
comment on function public.list_workflows(text, text, integer, text, uuid, uuid) is
'A page of workflows without their graphs, last changed first, those of outreach left out; with p_lineage_id the versions '
'and drafts of one: '
'{items[{id, name, status, version, note, …, node_count, campaign_count}], next_cursor}.';
revoke all on function public.list_workflows(text, text, integer, text, uuid, uuid) from public;
grant execute on function public.list_workflows(text, text, integer, text, uuid, uuid) to authenticated, service_role;
