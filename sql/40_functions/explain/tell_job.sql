-- A job of an enrollment as it was made: when it was due, and what it had waited for until then. The hours are
-- worked out anew, for the contact as she is known now, and never say more than the due time does.
create or replace function engine.tell_job(
  p_job_no integer, p_job engine.jobs, p_label text, p_first_due_at timestamptz, p_delay interval, p_timezone text
)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  with asked as (
    select
      n.config -> 'business_hours' as business_hours, n.config ? 'batching' as is_batched, p.timezones, p.regions,
      t.timezone as team_timezone, engine.later(p_job.created_at, p_delay) as not_before,
      engine.later(p_first_due_at, interval '1 day') as until
    from public.teams as t
    inner join public.contacts as p on t.id = p.team_id and p.id = p_job.contact_id
    inner join public.workflow_nodes as n on t.id = n.team_id and n.workflow_id = p_job.workflow_id and n.id = p_job.node_id
    where t.id = p_job.team_id
  ),

  waited as (
    select case
      when p_delay > interval '0' then jsonb_build_array(jsonb_build_object('for', 'delay', 'until', a.not_before)) else '[]'
    end || engine.tell_waits(
      a.not_before,
      case when a.is_batched or a.business_hours is not null then least(l.legal, p_first_due_at) else p_first_due_at end,
      case when a.is_batched then least(l.open, p_first_due_at) else p_first_due_at end,
      p_first_due_at
    ) as waits
    from asked as a
    cross join lateral (
      select
        engine.first_open(engine.open_hours(
          p_job.channel, null, a.team_timezone, a.timezones, a.regions, a.not_before, a.until
        ), a.not_before) as legal,
        engine.first_open(engine.open_hours(
          p_job.channel, a.business_hours, a.team_timezone, a.timezones, a.regions, a.not_before, a.until
        ), a.not_before) as open
    ) as l
  )

  select
    p_job.created_at, p_job_no, 1, 'job',
    format(
      'A %s, "%s", was to go out on %s%s.', p_job.channel, p_label, engine.tell_moment(p_first_due_at, p_timezone),
      ' (after ' || (
        select string_agg(case v.value ->> 'for'
          when 'delay' then 'the delay'
          when 'legal_hours' then 'waiting for hours that the law allows'
          when 'business_hours' then 'waiting for business hours'
          else 'waiting for its batch'
        end, ' and ' order by v.n)
        from jsonb_array_elements(w.waits) with ordinality as v (value, n)
      ) || ')'
    ),
    jsonb_build_object(
      'job_id', p_job.id, 'node_id', p_job.node_id, 'label', p_label, 'channel', p_job.channel,
      'visit', p_job.visit, 'due_at', p_first_due_at, 'waits', w.waits
    )
  from waited as w
$$;
comment on function engine.tell_job(integer, engine.jobs, text, timestamptz, interval, text) is
'A job that was made: {job_id, node_id, label, channel, visit, due_at, waits}.';
revoke all on function engine.tell_job(integer, engine.jobs, text, timestamptz, interval, text) from public;
