-- Workflows as a table shows them, last changed first. The cursor is the place of a row in that
-- order; pages stay right while rows are added.
create or replace function public.list_workflows(
  p_status text default null,
  p_search text default null,
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null
)
returns table (
  id uuid,
  lineage_id uuid,
  name text,
  status public.workflow_status,
  version integer,
  revision integer,
  note text,
  node_count bigint,
  campaign_count bigint,
  created_at timestamptz,
  updated_at timestamptz,
  published_at timestamptz,
  cursor text
)
language plpgsql
stable
security definer -- counts what the caller may see anyway, in one pass
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_issues jsonb := '[]'::jsonb;
  v_after text[] := regexp_match(p_cursor, '^([0-9]{1,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
begin
  if p_status is not null and not p_status = any(enum_range(null::public.workflow_status)::text[]) then
    v_issues := v_issues || engine.issue('status_unknown', 'p_status', 'The status must be DRAFT, PUBLISHED or ARCHIVED.');
  end if;
  if p_cursor is not null and v_after is null then
    v_issues := v_issues || engine.issue('cursor_unknown', 'p_cursor', 'The cursor must be one that this function returned.');
  end if;
  perform engine.refuse_issues(v_issues, 'The request');
  return query
  select
    w.id, w.lineage_id, w.name, w.status, w.version, w.revision, w.note,
    (select count(*) from public.workflow_nodes as n where n.team_id = w.team_id and n.workflow_id = w.id),
    (select count(*) from public.campaigns as c where c.team_id = w.team_id and c.workflow_id = w.id),
    w.created_at, w.updated_at, w.published_at,
    format('%s.%s', (extract(epoch from w.updated_at) * 1000000)::bigint, w.id)
  from public.workflows as w
  where w.team_id = v_team_id
    and (p_status is null or w.status::text = p_status)
    and (coalesce(p_search, '') = '' or position(lower(p_search) in lower(w.name)) > 0)
    and (v_after is null or (w.updated_at, w.id) < (
      to_timestamp(0) + v_after[1]::bigint * interval '1 microsecond', v_after[2]::uuid
    ))
  order by w.updated_at desc, w.id desc
  limit least(greatest(coalesce(p_limit, 50), 1), 200);
end
$$;
comment on function public.list_workflows(text, text, integer, text, uuid) is
'A page of the team''s workflows, last changed first; for the next one pass the last row''s cursor.';
revoke all on function public.list_workflows(text, text, integer, text, uuid) from public;
grant execute on function public.list_workflows(text, text, integer, text, uuid) to authenticated, service_role;
