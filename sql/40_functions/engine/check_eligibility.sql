-- The gate: may these jobs be sent now? One function, asked when a job is claimed and again right before
-- it is sent. First each job by itself (engine.judge_jobs); of those that may go, no more than their sending
-- numbers' caps and their accounts' lowered paces leave room for, the most urgent first.
create or replace function engine.check_eligibility(p_job_ids uuid[])
returns setof engine.verdict
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with judged as materialized (
    select * from engine.judge_jobs(p_job_ids)
  ),

  -- Mostly nothing is capped, and nothing more is looked up.
  capped as materialized (
    select t.team_id
    from (select distinct team_id from judged where decision = 'pass') as t
    where exists (
      select
      from public.phone_numbers as f
      where f.team_id = t.team_id and (f.rate_per_minute is not null or f.daily_limit is not null)
    ) or exists (
      select from public.integrations as i where i.team_id = t.team_id and i.pace_begins_at is not null
    )
  ),

  wanting as materialized (
    select v.job_id, j.team_id, c.phone_number_id, j.integration_id, j.priority, j.run_at
    from capped as t
    inner join judged as v on t.team_id = v.team_id
    inner join engine.jobs as j on v.team_id = j.team_id and v.job_id = j.id
    inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    where v.decision = 'pass'
  ),

  rooms as materialized (
    select n.team_id, n.phone_number_id as id, r.free, r.reason_code, r.frees_at
    from (select distinct team_id, phone_number_id from wanting) as n
    inner join public.phone_numbers as f on n.team_id = f.team_id and n.phone_number_id = f.id
    cross join lateral engine.number_room(f) as r
    union all
    select n.team_id, n.integration_id, r.free, 'account_paced', r.frees_at
    from (select distinct team_id, integration_id from wanting) as n
    inner join public.integrations as i on n.team_id = i.team_id and n.integration_id = i.id
    cross join lateral engine.account_room(i) as r
  ),

  passing as materialized (
    select
      w.job_id, w.team_id, w.phone_number_id, w.integration_id,
      row_number() over (partition by w.team_id, w.phone_number_id order by w.priority, w.run_at, w.job_id) as number_place,
      row_number() over (partition by w.team_id, w.integration_id order by w.priority, w.run_at, w.job_id) as account_place
    from wanting as w
    where exists (select from rooms)
  )

  select
    v.team_id, v.job_id, case when f.until is not null then 'defer' else v.decision end,
    coalesce(f.reason_code, v.reason_code),
    -- Whole seconds, and not a moment too soon.
    coalesce(date_trunc('second', f.until + interval '999 milliseconds'), v.run_at),
    v.enrollment_status,
    -- Who waits for room gets later: without it nobody would ever be too late.
    case when f.until is null then v.due_at end
  from judged as v
  left join passing as p on v.team_id = p.team_id and v.job_id = p.job_id
  left join lateral (
    select r.reason_code, r.frees_at as until
    from rooms as r
    where r.team_id = p.team_id and (
      (r.id = p.phone_number_id and r.free < p.number_place) or (r.id = p.integration_id and r.free < p.account_place)
    )
    order by r.frees_at desc
    limit 1
  ) as f on true;
end
$$;
comment on function engine.check_eligibility(uuid[]) is
'The gate''s verdict for each job: pass, hold, defer or close, with a reason. Fails closed.';
revoke all on function engine.check_eligibility(uuid[]) from public;
