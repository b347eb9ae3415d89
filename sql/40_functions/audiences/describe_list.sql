-- A list as RPCs return it: with how many campaigns use it, and its last run.
create or replace function engine.describe_list(p_list public.audience_lists)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_list.id, 'team_id', p_list.team_id, 'name', p_list.name, 'source', p_list.source, 'status', p_list.status,
    'definition', p_list.definition, 'exclusions', p_list.exclusions,
    'member_count', p_list.member_count, 'campaign_count', p_list.campaign_count,
    'last_run', (
      select engine.describe_run(r) from public.audience_runs as r
      where r.team_id = p_list.team_id and r.list_id = p_list.id
      order by r.id desc limit 1
    ),
    'created_at', p_list.created_at, 'updated_at', p_list.updated_at
  )
$$;
comment on function engine.describe_list(public.audience_lists) is
'{id, team_id, name, source, status, definition, exclusions, member_count, campaign_count, last_run, created_at, updated_at}.';
revoke all on function engine.describe_list(public.audience_lists) from public;
