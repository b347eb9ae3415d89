-- Jobs that were under way when their campaign was cancelled, and were not sent after all: put back to
-- READY they would wait for ever, because nobody claims for a campaign that is over. The caller has locked them.
create or replace function engine.drop_cancelled_jobs(p_job_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_closed engine.closed_job[];
begin
  if cardinality(p_job_ids) = 0 then
    return;
  end if;
  v_closed := array(
    select (j.team_id, j.id, 'campaign_cancelled', 'CANCELLED')::engine.closed_job
    from unnest(p_job_ids) as a (id)
    inner join engine.jobs as j on a.id = j.id and j.status = 'READY'
    inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id and c.status = 'CANCELLED'
    order by j.id
  );
  if v_closed <> '{}' then
    perform engine.close_jobs(v_closed);
    perform engine.free_items(c)
    from public.campaigns as c
    where c.kind = 'outreach' and (c.team_id, c.id) in (
      select j.team_id, j.campaign_id
      from unnest(v_closed) as d
      inner join engine.jobs as j on d.team_id = j.team_id and d.job_id = j.id
    );
  end if;
end
$$;
comment on function engine.drop_cancelled_jobs(uuid[]) is 'Closes those of the jobs that are READY in a cancelled campaign.';
revoke all on function engine.drop_cancelled_jobs(uuid[]) from public;
