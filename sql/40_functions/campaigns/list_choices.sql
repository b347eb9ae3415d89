-- Lists that a campaign can use, with what may keep one from being launched over it. A list of leads may be
-- empty: who comes later is enrolled by a campaign that enrolls continuously.
create or replace function engine.list_choices(p_team_id uuid, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', l.id, 'name', l.name, 'source', l.source, 'member_count', l.member_count,
    'last_run', to_jsonb(r), 'needs_continuous', l.member_count = 0,
    'has_servicetitan', l.source in ('servicetitan', 'custom_report')
  ) order by l.name, l.id), '[]')
  from (
    select v.* from public.audience_lists as v
    where v.team_id = p_team_id and v.status = 'ACTIVE'
    order by v.updated_at desc, v.id desc
    limit p_limit
  ) as l
  left join lateral (
    select u.status, u.ended_at from public.audience_runs as u
    where u.team_id = l.team_id and u.list_id = l.id
    order by u.id desc
    limit 1
  ) as r on true
$$;
comment on function engine.list_choices(uuid, integer) is
'[{id, name, source, member_count, last_run{status, ended_at}, needs_continuous, has_servicetitan}]: the last changed.';
revoke all on function engine.list_choices(uuid, integer) from public;
