-- The last slot of a capped number is taken by one: whoever takes from it holds its row until the attempt is
-- committed, and counts only then. Taken after the locks on the jobs.
create or replace function engine.hold_numbers(p_job_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform
  from public.phone_numbers as f
  where (f.rate_per_minute is not null or f.daily_limit is not null) and (f.team_id, f.id) in (
    select c.team_id, c.phone_number_id
    from unnest(p_job_ids) as h (id)
    inner join engine.jobs as j on h.id = j.id
    inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
  )
  order by f.id
  for no key update of f;
end
$$;
comment on function engine.hold_numbers(uuid[]) is 'Locks the capped sending numbers of jobs, in order of id.';
revoke all on function engine.hold_numbers(uuid[]) from public;
