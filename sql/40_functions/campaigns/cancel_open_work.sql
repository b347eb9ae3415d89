-- What has not begun is called off, and with it the journeys of its contacts. What a provider may have
-- keeps its enrollment until it has ended. The caller holds the campaign and its open jobs.
create or replace function engine.cancel_open_work(p_campaign public.campaigns)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  v_job_ids uuid[] := array(
    select j.id
    from engine.open_jobs(p_campaign) as o (id)
    inner join engine.jobs as j on j.team_id = p_campaign.team_id and o.id = j.id
    where j.status in ('READY', 'CLAIMED') and not engine.has_live_attempt(j.team_id, j.id)
    order by j.id
  );
  v_strays uuid[];
begin
  -- In chunks, as enroll_members does.
  for v_from in 1..cardinality(v_job_ids) by c_chunk loop
    perform engine.close_jobs(array(
      select (p_campaign.team_id, c.id, 'campaign_cancelled', 'CANCELLED')::engine.closed_job
      from unnest(v_job_ids[v_from:v_from + c_chunk - 1]) as c (id)
    ));
  end loop;
  -- Whoever is between two jobs.
  v_strays := array(
    select e.id
    from engine.enrollments as e
    where e.team_id = p_campaign.team_id and e.campaign_id = p_campaign.id and e.status = 'ACTIVE'
      and not exists (
        select from engine.jobs as j
        where j.team_id = e.team_id and j.enrollment_id = e.id and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
      )
    order by e.id
    for update
  );
  perform engine.end_enrollments(
    array_fill(p_campaign.team_id, array[cardinality(v_strays)]), v_strays,
    array_fill('CANCELLED'::public.enrollment_status, array[cardinality(v_strays)]),
    array_fill('campaign_cancelled'::text, array[cardinality(v_strays)])
  );
end
$$;
comment on function engine.cancel_open_work(public.campaigns) is
'Cancels the jobs of a campaign that have not begun and ends the enrollments that have nothing under way.';
revoke all on function engine.cancel_open_work(public.campaigns) from public;
