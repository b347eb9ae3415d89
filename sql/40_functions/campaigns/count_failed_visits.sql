-- What a retry takes up, in numbers.
create or replace function engine.count_failed_visits(p_campaign public.campaigns, p_reason_codes text[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  with failed as materialized (
    select f.reason_code, f.node_id, count(*) as enrollments
    from engine.failed_visits(p_campaign, p_reason_codes) as f
    group by f.reason_code, f.node_id
  )

  select jsonb_build_object(
    'retried', (select coalesce(sum(f.enrollments), 0) from failed as f),
    'by_reason', (
      select coalesce(jsonb_agg(jsonb_build_object('reason_code', r.reason_code, 'enrollments', r.enrollments)
        order by r.enrollments desc, r.reason_code), '[]')
      from (select f.reason_code, sum(f.enrollments) as enrollments from failed as f group by f.reason_code) as r
    ),
    'by_node', (
      select coalesce(jsonb_agg(jsonb_build_object('node_id', r.node_id, 'label', n.label, 'enrollments', r.enrollments)
        order by r.enrollments desc, r.node_id), '[]')
      from (select f.node_id, sum(f.enrollments) as enrollments from failed as f group by f.node_id) as r
      left join public.workflow_nodes as n
        on n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and r.node_id = n.id
    )
  )
$$;
comment on function engine.count_failed_visits(public.campaigns, text[]) is
'What a retry would take up: {retried, by_reason[{reason_code, enrollments}], by_node[{node_id, label, enrollments}]}.';
revoke all on function engine.count_failed_visits(public.campaigns, text[]) from public;
