-- Whom of a list a campaign targets: members who match every key that is given, any value of it. Tags are the
-- customer's; campaign and business unit are those of the job that made the member match, and a business unit
-- also that of a membership or a recurring service. Who is unknown to ServiceTitan is not targeted.
create or replace function engine.targeted_contacts(
  p_team_id uuid, p_list_id uuid, p_targeting jsonb, p_contact_ids uuid[]
)
returns table (contact_id uuid)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_tags bigint[] := engine.json_ids(p_targeting -> 'tags');
  v_campaigns bigint[] := engine.json_ids(p_targeting -> 'campaigns');
  v_units bigint[] := engine.json_ids(p_targeting -> 'business_units');
begin
  return query
  with people as materialized (
    select
      c.id, coalesce(m.servicetitan_customer_id, c.servicetitan_customer_id) as customer_id,
      j.business_unit_id, j.campaign_id
    from unnest(p_contact_ids) as i (id)
    inner join public.contacts as c on c.team_id = p_team_id and i.id = c.id
    left join public.audience_members as m
      on c.team_id = m.team_id and m.list_id = p_list_id and c.id = m.contact_id
    left join engine.servicetitan_member_jobs as j on m.team_id = j.team_id and m.servicetitan_job_id = j.id
  ),

  tagged as materialized (
    select distinct t.customer_id
    from engine.customer_tags(p_team_id, array(select p.customer_id from people as p where p.customer_id is not null)) as t
    where t.tag_id = any(v_tags)
  ),

  served as materialized (
    select m.customer_id from engine.servicetitan_memberships as m
    where m.team_id = p_team_id and m.business_unit_id = any(v_units) and m.is_active
    union
    select l.customer_id
    from engine.servicetitan_recurring_services as s
    inner join engine.servicetitan_locations as l on s.team_id = l.team_id and s.location_id = l.id
    where s.team_id = p_team_id and s.business_unit_id = any(v_units) and s.is_active
  )

  select p.id
  from people as p
  where (v_tags is null or p.customer_id in (select t.customer_id from tagged as t))
    and (v_campaigns is null or p.campaign_id = any(v_campaigns))
    and (
      v_units is null or p.business_unit_id = any(v_units) or p.customer_id in (select s.customer_id from served as s)
    );
end
$$;
comment on function engine.targeted_contacts(uuid, uuid, jsonb, uuid[]) is
'Which of the contacts of a list a campaign''s targeting, as engine.read_targeting writes it, means.';
revoke all on function engine.targeted_contacts(uuid, uuid, jsonb, uuid[]) from public;
