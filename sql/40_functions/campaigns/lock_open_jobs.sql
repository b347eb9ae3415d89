-- Waits for whoever is ending one of these jobs: what comes after sees what that made of it, a retry
-- perhaps, which nobody can end any more while the campaigns are held. In order of id, as everybody locks jobs.
create or replace function engine.lock_open_jobs(p_campaigns public.campaigns[])
returns void
language sql
volatile
set search_path = ''
as $$
  select
  from unnest(p_campaigns) as c
  cross join lateral engine.open_jobs(c) as o (id)
  inner join engine.jobs as j on c.team_id = j.team_id and o.id = j.id
  order by j.id
  for update of j
$$;
comment on function engine.lock_open_jobs(public.campaigns[]) is 'Locks the open jobs of campaigns that the caller holds.';
revoke all on function engine.lock_open_jobs(public.campaigns[]) from public;
