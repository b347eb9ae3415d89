-- The campaigns whose nodes are asked for, if they can be added up: one, or several of one workflow's versions. Of
-- several, those that the caller can't see are left out, as from every list; the one must be there.
create or replace function engine.node_campaigns(p_campaign_id uuid, p_campaign_ids uuid[])
returns public.campaigns[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_callers constant uuid[] := engine.caller_team_ids();
  v_campaigns public.campaigns[];
  v_lineages integer;
begin
  if p_campaign_id is null and p_campaign_ids is null then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('campaign_required', 'p_campaign_id', 'Say which campaign this is about.')), 'The request'
    );
  end if;
  perform engine.refuse_many(p_campaign_ids);
  select array_agg(c order by c.id), count(distinct w.lineage_id)::integer into v_campaigns, v_lineages
  from public.campaigns as c
  inner join public.workflows as w on c.team_id = w.team_id and c.workflow_id = w.id
  where c.team_id = any(v_callers) and c.id = any(array(
    -- not with ||, which takes no array of arrays
    select i.id from unnest(p_campaign_ids) as i (id) union all select p_campaign_id
  ));
  if p_campaign_id is not null and not exists (select from unnest(v_campaigns) as c where c.id = p_campaign_id) then
    perform engine.refuse_not_found('campaign', p_campaign_id);
  end if;
  if v_lineages > 1 then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'several_workflows', 'p_campaign_ids', 'The campaigns must run versions of one workflow.'
    )), 'The request');
  end if;
  return coalesce(v_campaigns, '{}');
end
$$;
comment on function engine.node_campaigns(uuid, uuid[]) is
'Campaigns of the caller''s teams that run versions of one workflow: OB001, OB004, OB009.';
revoke all on function engine.node_campaigns(uuid, uuid[]) from public;
