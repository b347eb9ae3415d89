-- A lead as RPCs and the receiver return it, with what calls it.
create or replace function engine.describe_lead(p_lead public.leads, p_is_duplicate boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'lead_id', p_lead.id, 'list_id', p_lead.list_id, 'contact_id', p_lead.contact_id, 'source', p_lead.source,
      'external_id', p_lead.external_id, 'urgency', p_lead.urgency, 'status', p_lead.status,
      'is_duplicate', p_is_duplicate, 'problems', p_lead.problems, 'received_at', p_lead.received_at,
      'campaigns', coalesce((
        select jsonb_agg(jsonb_build_object(
          'campaign_id', c.id, 'name', c.name, 'enrollment_id', e.id, 'status', e.status
        ) order by c.id)
        from public.campaigns as c
        inner join engine.enrollments as e on c.team_id = e.team_id and c.id = e.campaign_id
        where c.team_id = p_lead.team_id and c.list_id = p_lead.list_id and e.contact_id = p_lead.contact_id
      ), '[]')
    )
  );
end
$$;
comment on function engine.describe_lead(public.leads, boolean) is
'{lead_id, list_id, contact_id, source, external_id, urgency, status, is_duplicate, problems, received_at, campaigns[]}.';
revoke all on function engine.describe_lead(public.leads, boolean) from public;
