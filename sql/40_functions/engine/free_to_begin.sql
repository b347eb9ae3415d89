-- Locks the campaigns, then the contacts, of jobs that are about to begin, each in order of id, and returns
-- the jobs that have both. What somebody else holds is not waited for: a long transaction over one campaign
-- or one person must not hold up what every other team begins.
create or replace function engine.free_to_begin(p_job_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_campaign_ids uuid[];
  v_contact_ids uuid[];
begin
  v_campaign_ids := array(
    select c.id
    from public.campaigns as c
    where c.id in (select j.campaign_id from engine.jobs as j where j.id = any(p_job_ids))
    order by c.id
    for share of c skip locked
  );
  -- One at a time for a person: of two campaigns that begin for the same number the second is put off.
  v_contact_ids := array(
    select p.id
    from public.contacts as p
    inner join engine.jobs as j on p.team_id = j.team_id and p.id = j.contact_id
    where j.id = any(p_job_ids) and j.campaign_id = any(v_campaign_ids)
    order by p.id
    for no key update of p skip locked
  );
  return array(
    select j.id
    from engine.jobs as j
    where j.id = any(p_job_ids) and j.campaign_id = any(v_campaign_ids) and j.contact_id = any(v_contact_ids)
    order by j.id
  );
end
$$;
comment on function engine.free_to_begin(uuid[]) is
'The jobs whose campaign and contact nobody else holds, with both of them locked.';
revoke all on function engine.free_to_begin(uuid[]) from public;
