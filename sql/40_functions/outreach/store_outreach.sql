-- The rows that an outreach owns: a published workflow of one node, an active campaign over it, and
-- itself. The caller holds the list and has found no blockers.
create or replace function engine.store_outreach(
  p_list public.audience_lists, p_outreach public.outreaches, p_name text, p_phone_number_id uuid, p_graph jsonb
)
returns public.outreaches
language plpgsql
set search_path = ''
as $$
declare
  v_workflow_id uuid := engine.new_id();
  v_outreach public.outreaches;
begin
  insert into public.workflows (team_id, id, lineage_id, name, is_generated)
  values (p_list.team_id, v_workflow_id, v_workflow_id, p_name, true);
  perform engine.store_graph(p_list.team_id, v_workflow_id, p_graph);
  -- This holds the assistant, so that what is looked at once more is what was copied.
  perform engine.freeze_messages(p_list.team_id, v_workflow_id);
  perform engine.refuse_issues(engine.graph_issues(p_graph, p_list.team_id), 'The outreach');
  update public.workflows as w
  set status = 'PUBLISHED', version = 1, published_at = engine.now(), updated_at = engine.now()
  where w.team_id = p_list.team_id and w.id = v_workflow_id;
  insert into public.campaigns (team_id, kind, name, list_id, workflow_id, phone_number_id, status, started_at)
  values (
    p_list.team_id, 'outreach', p_name, p_list.id, v_workflow_id, p_phone_number_id, 'ACTIVE', engine.now()
  )
  returning id into p_outreach.campaign_id;
  insert into public.outreaches (
    team_id, kind, channel, list_id, campaign_id, hold_reason_id, hold_memo, created_by
  )
  values (
    p_list.team_id, p_outreach.kind, p_outreach.channel, p_list.id, p_outreach.campaign_id, p_outreach.hold_reason_id,
    p_outreach.hold_memo, (select auth.uid())
  )
  returning * into v_outreach;
  return v_outreach;
end
$$;
comment on function engine.store_outreach(public.audience_lists, public.outreaches, text, uuid, jsonb) is
'Stores an outreach with its workflow and its campaign, which is active from here on.';
revoke all on function engine.store_outreach(public.audience_lists, public.outreaches, text, uuid, jsonb) from public;
