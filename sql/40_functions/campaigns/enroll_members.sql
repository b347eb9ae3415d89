-- Enrolls the members of a campaign's list that are not enrolled yet, each with a first job. People who
-- must not be reached are enrolled too, as SUPPRESSED with the reason, so that every member is
-- accounted for. In chunks, so that memory stays flat; the whole is one transaction.
create or replace function engine.enroll_members(p_team_id uuid, p_campaign_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
  v_entry record;
  v_enrolled integer := 0;
  v_chunk integer;
  v_last uuid;
begin
  select * into v_campaign from public.campaigns where team_id = p_team_id and id = p_campaign_id;
  select n.id as node_id, n.type::text::public.contact_channel as channel, d.delay into v_entry
  from public.workflow_nodes as t
  cross join lateral engine.decide_steps(array[(
    t.type, null, null, null, null, 0, 0, false,
    engine.edge_choices(array(
      select w from public.workflow_edges as w
      where w.team_id = t.team_id and w.workflow_id = t.workflow_id and w.source = t.id
    ), t.id)
  )::engine.ended_visit]) as d
  inner join public.workflow_nodes as n
    on t.team_id = n.team_id and t.workflow_id = n.workflow_id and d.target = n.id
  where t.team_id = p_team_id and t.workflow_id = v_campaign.workflow_id and t.type = 'trigger';
  loop
    select c.enrolled, c.last_contact_id into v_chunk, v_last
    from engine.enroll_chunk(
      v_campaign, v_entry.node_id, v_entry.channel, engine.now() + v_entry.delay, v_last, 10000
    ) as c;
    exit when v_last is null;
    v_enrolled := v_enrolled + v_chunk;
  end loop;
  update public.campaigns as c
  set enrolled_count = c.enrolled_count + v_enrolled
  where c.team_id = p_team_id and c.id = p_campaign_id;
  return v_enrolled;
end
$$;
comment on function engine.enroll_members(uuid, uuid) is
'Enrolls the members of a campaign''s list that are not enrolled yet; returns how many.';
revoke all on function engine.enroll_members(uuid, uuid) from public;
