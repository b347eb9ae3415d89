-- A running campaign of Acme over p_count people for tests of jobs, at noon on a Monday; Otto is an operator
-- and Vera a viewer of Acme, Rita administers Rival.
create function tests.furnish_jobs(p_count integer)
returns uuid
language plpgsql
security definer -- whoever the test is acting as
set search_path = ''
as $$
declare
  v_acme uuid;
  v_campaign_id uuid;
begin
  perform tests.set_clock('2027-03-01 12:00-05');
  v_acme := tests.create_team('Acme', 'ann@acme.example');
  perform tests.add_member(v_acme, 'otto@acme.example', 'operator');
  perform tests.add_member(v_acme, 'vera@acme.example', 'viewer');
  perform tests.create_team('Rival', 'rita@rival.example');
  v_campaign_id := tests.create_campaign(v_acme, p_count);
  perform public.launch_campaign(v_campaign_id);
  return v_campaign_id;
end
$$;

-- The n-th job in the order in which they were made.
create function tests.job_id(p_n integer)
returns uuid
language sql
stable
security definer -- whoever the test is acting as
set search_path = ''
as $$
  select id from engine.jobs order by created_at, id offset p_n - 1 limit 1
$$;
