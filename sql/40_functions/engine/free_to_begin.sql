-- Locks the campaigns, then the contacts, of jobs that are about to begin, each in order of id, and returns
-- the jobs that have both. What somebody else holds is not waited for: a long transaction over one campaign
-- or one person must not hold up what every other team begins.
create or replace function engine.free_to_begin(p_job_ids uuid[])
returns engine.beginning_job[]
language plpgsql
set search_path = ''
as $$
declare
  -- Read once: whose job it is never changes.
  v_jobs constant engine.beginning_job[] := array(
    select (j.id, j.team_id, j.campaign_id, j.contact_id, j.phone)::engine.beginning_job
    from engine.jobs as j
    where j.id = any(p_job_ids)
    order by j.id
  );
  v_campaign_ids uuid[];
  v_contact_ids uuid[];
begin
  v_campaign_ids := array(
    select c.id
    from public.campaigns as c
    where c.id in (select j.campaign_id from unnest(v_jobs) as j)
    order by c.id
    for share of c skip locked
  );
  -- One at a time for a person: of two campaigns that begin for the same number the second is put off.
  v_contact_ids := array(
    select p.id
    from unnest(v_jobs) as j
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    where j.campaign_id = any(v_campaign_ids)
    order by p.id
    for no key update of p skip locked
  );
  return array(
    select j
    from unnest(v_jobs) as j
    where j.campaign_id = any(v_campaign_ids) and j.contact_id in (select unnest(v_contact_ids))
    order by j.id
  );
end
$$;
comment on function engine.free_to_begin(uuid[]) is
'The jobs whose campaign and contact nobody else holds, with both of them locked.';
revoke all on function engine.free_to_begin(uuid[]) from public;
