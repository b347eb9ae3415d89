-- The gate's judgement of each job by itself; engine.check_eligibility, which everybody asks, adds what jobs
-- share. It fails closed: what it does not know, it does not let through.
-- The order matters: what ends a job comes before what only delays it. docs/guardrails.md tells it to people.
-- Mostly doors are open and everybody may pass, so only the next day's hours are worked out for each calendar;
-- where they are closed now, or a person must wait, all that is needed to find the next moment.
create or replace function engine.judge_jobs(p_job_ids uuid[])
returns setof engine.verdict
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with clock as materialized (
    select engine.now() as now
  ),

  jobs as materialized (
    select
      j.team_id, j.id, j.phone, j.channel, j.priority, j.run_at, j.due_at, j.workflow_id, j.node_id,
      c.id as campaign_id, c.phone_number_id, c.status as campaign_status, e.status as enrollment_status,
      -- engine.later, without a call for each
      (j.due_at at time zone 'UTC' + c.max_lateness) at time zone 'UTC' as latest_at,
      t.frequency_limit, t.frequency_window, p.timezones, p.regions, i.status as integration_status,
      (
        select max(s.reason)
        from public.suppressions as s
        where s.team_id = j.team_id and s.phone = j.phone and s.channel = j.channel
      ) as suppression,
      -- Cancelled since it matched: a look stops her (engine.stop_cancelled), but whoever was added after it is told here.
      (
        select max(w.cancelled_at)
        from engine.enrollment_work as b
        inner join engine.servicetitan_work as w
          on b.team_id = w.team_id and b.kind = w.kind and b.servicetitan_id = w.id
        where b.team_id = j.team_id and b.enrollment_id = j.enrollment_id
      ) is not null as is_called_off,
      not (t.is_sandbox and coalesce(i.is_sandbox, false)) and engine.is_fictitious(j.phone) as is_not_real,
      (select d.environment = 'sandbox' from engine.deployment as d) and i.is_sandbox is distinct from true
        as is_live_in_sandbox,
      row_number() over (partition by j.phone collate "C", j.team_id order by j.priority, j.run_at, j.id) > 1 as is_second
    from unnest(p_job_ids) as asked (id)
    inner join engine.jobs as j on asked.id = j.id
    inner join public.teams as t on j.team_id = t.id
    left join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    left join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    left join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    left join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
  ),

  -- What was taken from their campaigns: mostly nothing.
  held as materialized (
    select k.team_id, k.campaign_id, k.channel, h.reason_code
    from (
      select distinct team_id, campaign_id, workflow_id, phone_number_id, channel from jobs
      offset 0 -- asked once for each, not for each job
    ) as k
    cross join lateral (
      select engine.sending_hold(k.team_id, k.workflow_id, k.phone_number_id, k.channel) as reason_code
    ) as h
    where h.reason_code is not null
  ),

  calendars as materialized (
    select
      k.*, n.config -> 'business_hours' as business_hours, t.timezone as team_timezone, row_number() over () as calendar_no,
      coalesce(engine.open_hours(
        k.channel, n.config -> 'business_hours', t.timezone, k.timezones, k.regions, c.now, c.now + interval '1 day'
      ) @> c.now, false) as is_open
    from (
      select team_id, workflow_id, node_id, channel, timezones, regions, array_agg(id) as ids
      from jobs
      group by team_id, workflow_id, node_id, channel, timezones, regions
    ) as k
    cross join clock as c
    inner join public.teams as t on k.team_id = t.id
    left join public.workflow_nodes as n
      on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  ),

  placed as materialized (
    select j.*, k.calendar_no, k.is_open
    from calendars as k
    cross join unnest(k.ids) as a (id)
    inner join jobs as j on a.id = j.id
  ),

  reachable as (
    select p.* from placed as p where p.is_open and p.campaign_status = 'ACTIVE'
  ),

  waits as materialized (
    select distinct on (l.job_id) l.job_id, l.reason_code, l.until
    from (
      select s.job_id, s.reason_code, s.until
      from engine.contact_limits(array(
        select (r.team_id, r.id, r.phone, r.channel, r.timezones, r.regions)::engine.asked_contact from reachable as r
      )) as s
      union all
      select r.id, f.reason_code, f.until
      from reachable as r
      cross join lateral engine.frequency_limits(
        r.team_id, r.id, r.phone, r.priority, r.run_at, r.frequency_limit, r.frequency_window
      ) as f
      where r.frequency_limit is not null
      union all
      -- Two of one person's jobs in one set: one at a time.
      select r.id, 'one_at_a_time', c.now + interval '10 minutes'
      from reachable as r cross join clock as c
      where r.is_second
    ) as l
    order by l.job_id, l.until desc
  ),

  hours as materialized (
    select k.calendar_no, case when not k.is_open or exists (select from waits as m where m.job_id = any(k.ids)) then
      engine.open_hours(
        k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions, c.now, c.now + interval '15 days'
      )
    end as open_hours
    from calendars as k cross join clock as c
  )

  select
    j.team_id, j.id, v.decision, v.reason_code,
    case when v.decision = 'defer' then w.run_at end,
    case when v.decision = 'close' then engine.closing_status(v.reason_code) end,
    -- What the law holds back is not late: the due time moves along. Nor is anybody late while doors are closed.
    case when v.decision = 'defer' then j.due_at + greatest(w.run_at - case
      when v.reason_code in ('outside_hours', 'daily_limit') then c.now else m.until
    end, interval '0') end
  from placed as j
  cross join clock as c
  inner join hours as k on j.calendar_no = k.calendar_no
  left join waits as m on j.id = m.job_id
  left join held as h on j.team_id = h.team_id and j.campaign_id = h.campaign_id and j.channel = h.channel
  cross join lateral (select case
    when j.is_open and m.until is null then date_trunc('second', c.now)
    else coalesce(
      engine.first_open(k.open_hours, coalesce(m.until, c.now)),
      -- A window of the team's may be longer than the calendar.
      case when m.until > c.now + interval '14 days' then m.until end
    )
  end) as w (run_at)
  cross join lateral (
    select case
      when j.campaign_status = 'CANCELLED' then array['close', 'campaign_cancelled']
      when j.enrollment_status is distinct from 'ACTIVE' then array['close', 'enrollment_ended']
      when j.is_called_off then array['close', 'job_cancelled']
      when j.suppression is not null then array['close', 'suppressed_' || j.suppression]
      when j.is_not_real is distinct from false then array['close', 'number_is_fictitious']
      when coalesce(cardinality(j.timezones), 0) = 0 then array['close', 'timezone_unknown']
      when c.now > j.latest_at then array['close', 'too_late']
      when not j.is_open and isempty(k.open_hours) is distinct from false then array['close', 'never_open']
      when j.campaign_status is distinct from 'ACTIVE' then array['hold', 'campaign_not_active']
      when j.integration_status is distinct from 'ACTIVE' then array['hold', 'integration_paused']
      when h.reason_code = 'number_not_verified' then array['hold', 'number_not_verified']
      when h.reason_code is not null then array['hold', 'assistant_inactive']
      -- A clock that can be set must never decide when real people are called.
      when j.is_live_in_sandbox is distinct from false then array['hold', 'live_account_in_sandbox']
      when m.reason_code = 'frequency_cap' and m.until > j.latest_at then array['close', 'frequency_cap']
      when w.run_at is null then array['close', 'never_open']
      when not j.is_open then array['defer', 'outside_hours']
      when m.reason_code is not null then array['defer', m.reason_code]
      when j.is_open then array['pass', null]
      else array['hold', 'undecided']
    end as answer
  ) as a
  cross join lateral (select a.answer[1] as decision, a.answer[2] as reason_code) as v;
end
$$;
comment on function engine.judge_jobs(uuid[]) is
'The gate''s verdict for each job by itself: pass, hold, defer or close, with a reason. Fails closed.';
revoke all on function engine.judge_jobs(uuid[]) from public;
