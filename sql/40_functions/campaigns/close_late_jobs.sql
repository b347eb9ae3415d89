-- Nobody gets a call that was meant for last week. The caller holds the campaign and its open jobs.
create or replace function engine.close_late_jobs(p_campaign public.campaigns)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  v_job_ids uuid[] := array(select l.id from engine.late_jobs(p_campaign) as l (id));
begin
  -- In chunks, as enroll_members does.
  for v_from in 1..cardinality(v_job_ids) by c_chunk loop
    perform engine.close_jobs(array(
      select (p_campaign.team_id, l.id, 'too_late', engine.closing_status('too_late'))::engine.closed_job
      from unnest(v_job_ids[v_from:v_from + c_chunk - 1]) as l (id)
    ));
  end loop;
  return cardinality(v_job_ids);
end
$$;
comment on function engine.close_late_jobs(public.campaigns) is
'Closes due jobs that are later than the campaign''s max_lateness (too_late); returns how many.';
revoke all on function engine.close_late_jobs(public.campaigns) from public;
