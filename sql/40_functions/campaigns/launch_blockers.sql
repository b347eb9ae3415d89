-- Everything that stands in the way of a launch, all at once: [{code, message}].
create or replace function engine.launch_blockers(p_campaign public.campaigns)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with needs as (
    select distinct n.type::text::public.contact_channel as channel
    from public.workflow_nodes as n
    where n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and n.type <> 'trigger'
  ),

  found as (
    select 1 as n, 'workflow_not_published' as code, 'The workflow is not published.' as message
    from public.workflows as w
    where w.team_id = p_campaign.team_id and w.id = p_campaign.workflow_id and w.status <> 'PUBLISHED'
    union all
    select 2, 'list_archived', 'The audience list is archived.'
    from public.audience_lists as l
    where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id and l.status <> 'ACTIVE'
    union all
    select 3, 'list_empty', 'The audience list has no members.'
    where not p_campaign.is_continuous and not exists (
      select from public.audience_members as m
      where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id
    )
    union all
    select b.n, b.code, b.message
    from engine.sending_blockers(
      p_campaign.team_id, p_campaign.phone_number_id, array(select q.channel from needs as q)
    ) as b
    union all
    select b.n, b.code, b.message
    from engine.assistant_blockers(p_campaign.team_id, p_campaign.workflow_id) as b
  )

  select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'message', f.message) order by f.n, f.code), '[]')
  from found as f
$$;
comment on function engine.launch_blockers(public.campaigns) is 'What stands in the way of a launch: [{code, message}].';
revoke all on function engine.launch_blockers(public.campaigns) from public;
