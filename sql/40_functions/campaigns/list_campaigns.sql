-- The table of campaigns, newest first. What was launched straight from a list is in list_outreaches.
create or replace function public.list_campaigns(
  p_search text default null,
  p_status text default null,
  p_archived boolean default false,
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the engine's counters for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_may_act boolean := engine.has_role(v_team_id, 'operator');
begin
  perform engine.refuse_issues(engine.word_issue('p_status', p_status, enum_range(null::public.campaign_status)::text[]), 'The request');
  return engine.make_page(array(
    select engine.describe_campaign(c, v_may_act)
    from public.campaigns as c
    where c.team_id = v_team_id and c.kind = 'campaign' and (v_before is null or c.id < v_before)
      and (p_status is null or c.status::text = p_status)
      and (p_archived is null or p_archived = (c.archived_at is not null))
      and (coalesce(btrim(p_search), '') = '' or strpos(lower(c.name), lower(btrim(p_search))) > 0)
    order by c.id desc
    limit v_limit + 1
  ), v_limit);
end
$$;
comment on function public.list_campaigns(text, text, boolean, integer, text, uuid) is
'A page of campaigns, newest first: {items[{id, name, status, list{id, name, status, member_count}, workflow{id, name, '
'version, status}, phone_number{id, phone}, counts{enrolled, active, waiting, queued, in_progress, completed, booked, '
'opted_out, suppressed, failed, cancelled}, actions[{action, allowed, reason}], …}], next_cursor}. p_search looks into names; '
'p_archived null means both. OB001, OB004, OB009.';
revoke all on function public.list_campaigns(text, text, boolean, integer, text, uuid) from public;
grant execute on function public.list_campaigns(text, text, boolean, integer, text, uuid) to authenticated, service_role;
