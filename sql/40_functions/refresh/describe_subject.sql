-- What a worker needs to know to fetch for a run or a preview: what is asked for, with its windows as
-- moments, seen from when it was begun, however often it is taken up again.
create or replace function engine.describe_subject(
  p_team_id uuid, p_status public.run_status, p_source public.audience_source, p_definition jsonb, p_at timestamptz
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'status', p_status, 'source', p_source, 'definition', p_definition,
    'feeds', (
      select jsonb_agg(f.feed order by f.place)
      from (
        values (1, 'customers', null), (2, 'contacts', null), (3, 'locations', null), (4, 'memberships', 'membership'),
        (5, 'recurring_services', 'service_event'), (6, 'service_events', 'service_event')
      ) as f (place, feed, kind)
      where f.kind is null or p_source = 'servicetitan' and exists (
        select from engine.definition_nodes(p_definition) as n where n.node ? f.kind
      )
    ),
    'conditions', case when p_source = 'servicetitan' then coalesce(
      (
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'kind', c.kind, 'statuses', to_jsonb(c.words), 'job_types', to_jsonb(c.job_types),
          'business_units', to_jsonb(c.business_units), 'campaigns', to_jsonb(c.campaigns),
          'tags_any', to_jsonb(c.tags_any), 'unused', c.unused,
          'created_from', lower(c.created), 'created_before', upper(c.created),
          'completed_from', lower(c.completed), 'completed_before', upper(c.completed),
          'starts_from', lower(c.starts), 'starts_before', upper(c.starts)
        )))
        from public.teams as t
        cross join lateral engine.read_conditions(p_definition, t.timezone, p_at) as c
        where t.id = p_team_id and c.kind in ('job', 'appointment')
      ), '[]'
    ) else '[]' end
  )
$$;
comment on function engine.describe_subject(uuid, public.run_status, public.audience_source, jsonb, timestamptz) is
'{status, source, definition, feeds[], conditions[]}: the feeds that must be up to date, and the conditions on jobs and '
'appointments, which are asked of the API.';
revoke all on function engine.describe_subject(uuid, public.run_status, public.audience_source, jsonb, timestamptz) from public;
