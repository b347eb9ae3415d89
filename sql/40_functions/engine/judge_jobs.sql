-- The gate's judgement of each job by itself; engine.check_eligibility, which everybody asks, adds what jobs
-- share. It fails closed: what it does not know, it does not let through.
-- The order matters: what ends a job comes before what only delays it. docs/guardrails.md tells it to people.
create or replace function engine.judge_jobs(p_job_ids uuid[])
returns setof engine.verdict
language sql
stable
set search_path = ''
as $$
  with jobs as materialized (
    select
      j.team_id, j.id, j.phone, j.channel, j.status, j.priority, j.run_at, j.due_at, n.config -> 'business_hours' as business_hours,
      c.status as campaign_status, c.max_lateness, e.status as enrollment_status,
      t.timezone as team_timezone, t.frequency_limit, t.frequency_window, p.timezones, p.regions, i.status as integration_status,
      (
        select max(s.reason)
        from public.suppressions as s
        where s.team_id = j.team_id and s.phone = j.phone and s.channel = j.channel
      ) as suppression,
      engine.is_fictitious(j.phone) and not (t.is_sandbox and coalesce(i.is_sandbox, false)) as is_not_real,
      (select d.environment = 'sandbox' from engine.deployment as d) and i.is_sandbox is distinct from true
        as is_live_in_sandbox,
      row_number() over (partition by j.team_id, j.phone order by j.priority, j.run_at, j.id) > 1 as is_second
    from unnest(p_job_ids) as asked (id)
    inner join engine.jobs as j on asked.id = j.id
    inner join public.teams as t on j.team_id = t.id
    left join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    left join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    left join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    left join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
    left join public.workflow_nodes as n
      on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
  ),

  calendars as materialized (
    select k.*, engine.open_hours(
      k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions,
      engine.now(), engine.now() + interval '15 days'
    ) as open_hours
    from (
      select distinct channel, business_hours, team_timezone, timezones, regions from jobs
    ) as k
  )

  select
    j.team_id, j.id, v.decision, v.reason_code,
    case when v.decision = 'defer' then v.run_at end,
    case when v.decision = 'close' then engine.closing_status(v.reason_code) end,
    -- What the law holds back is not late: the due time moves along. Nor is anybody late while doors are closed.
    case when v.decision = 'defer' then j.due_at + greatest(v.run_at - case
      when v.reason_code in ('outside_hours', 'daily_limit') then engine.now() else m.until
    end, interval '0') end
  from jobs as j
  left join calendars as k
    on j.channel = k.channel and j.business_hours is not distinct from k.business_hours
    and j.team_timezone = k.team_timezone and j.timezones is not distinct from k.timezones
    and j.regions is not distinct from k.regions
  left join lateral (
    select l.reason_code, l.until
    from engine.contact_limits(j.team_id, j.id, j.phone, j.channel, j.timezones, j.regions) as l
    union all
    select f.reason_code, f.until
    from engine.frequency_limits(
      j.team_id, j.id, j.phone, j.priority, j.run_at, j.frequency_limit, j.frequency_window
    ) as f
    where j.frequency_limit is not null
    union all
    -- Two of one person's jobs in one set: one at a time.
    select 'one_at_a_time', engine.now() + interval '10 minutes' where j.is_second
    order by 2 desc
    limit 1
  ) as m on j.campaign_status = 'ACTIVE' and k.open_hours @> engine.now()
  -- A window of the team's may be longer than the calendar.
  cross join lateral (select coalesce(
    engine.first_open(k.open_hours, coalesce(m.until, engine.now())),
    case when m.until > engine.now() + interval '14 days' then m.until end
  )) as w (run_at)
  cross join lateral (
    select case
      when j.campaign_status = 'CANCELLED' then array['close', 'campaign_cancelled']
      when j.enrollment_status is distinct from 'ACTIVE' then array['close', 'enrollment_ended']
      when j.suppression is not null then array['close', 'suppressed_' || j.suppression]
      when j.is_not_real is distinct from false then array['close', 'number_is_fictitious']
      when coalesce(cardinality(j.timezones), 0) = 0 then array['close', 'timezone_unknown']
      when engine.now() > engine.later(j.due_at, j.max_lateness) then array['close', 'too_late']
      when isempty(k.open_hours) is distinct from false then array['close', 'never_open']
      when j.campaign_status is distinct from 'ACTIVE' then array['hold', 'campaign_not_active']
      when j.integration_status is distinct from 'ACTIVE' then array['hold', 'integration_paused']
      -- A clock that can be set must never decide when real people are called.
      when j.is_live_in_sandbox is distinct from false then array['hold', 'live_account_in_sandbox']
      when m.reason_code = 'frequency_cap' and m.until > engine.later(j.due_at, j.max_lateness)
        then array['close', 'frequency_cap']
      when w.run_at is null then array['close', 'never_open']
      when not k.open_hours @> engine.now() then array['defer', 'outside_hours']
      when m.reason_code is not null then array['defer', m.reason_code]
      when k.open_hours @> engine.now() then array['pass', null]
      else array['hold', 'undecided']
    end as answer
  ) as a
  cross join lateral (select a.answer[1] as decision, a.answer[2] as reason_code, w.run_at) as v
$$;
comment on function engine.judge_jobs(uuid[]) is
'The gate''s verdict for each job by itself: pass, hold, defer or close, with a reason. Fails closed.';
revoke all on function engine.judge_jobs(uuid[]) from public;
