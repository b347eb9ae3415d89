-- Enrolls the members of a campaign's list that are not enrolled yet. In chunks, in order of their ids, so
-- that memory stays flat; the whole is one transaction. Whoever else enrolls shares the campaign (new members, items of
-- an outreach), so the lock that a launch has of it keeps all of them away.
create or replace function engine.enroll_members(p_team_id uuid, p_campaign_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 25000;
  v_campaign public.campaigns;
  v_contact_ids uuid[];
  v_last uuid := '00000000-0000-0000-0000-000000000000'::uuid; -- before every id: no null, which would keep the index from beginning there
  v_enrolled integer := 0;
begin
  select * into v_campaign from public.campaigns where team_id = p_team_id and id = p_campaign_id for update;
  loop
    v_contact_ids := array(
      select m.contact_id
      from public.audience_members as m
      where m.team_id = p_team_id and m.list_id = v_campaign.list_id and m.contact_id > v_last
      order by m.contact_id
      limit c_chunk
    );
    exit when cardinality(v_contact_ids) = 0;
    v_enrolled := v_enrolled + engine.store_enrollments(v_campaign, v_contact_ids);
    v_last := v_contact_ids[cardinality(v_contact_ids)];
  end loop;
  return v_enrolled;
end
$$;
comment on function engine.enroll_members(uuid, uuid) is
'Enrolls the members of a campaign''s list that are not enrolled yet; returns how many.';
revoke all on function engine.enroll_members(uuid, uuid) from public;
