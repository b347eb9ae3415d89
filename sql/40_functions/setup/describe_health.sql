-- One account: whether it is used, how fast, and what its provider said last.
create or replace function engine.describe_health(p_integration public.integrations)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'provider', p_integration.provider,
    'health', case
      when p_integration.status = 'PAUSED' then 'paused' when k.pace is not null then 'slowed' else 'ok'
    end,
    'message', case
      when p_integration.status = 'PAUSED' then format(
        'Paused: %s Nothing goes out until somebody resumes it.', regexp_replace(p_integration.paused_reason, '([^.])$', '\1.')
      )
      when k.pace is not null then format(
        '%s The provider said that it was too much; the pace doubles with every minute without another such answer.',
        case k.pace when 0 then 'Waiting.' else format('Slowed to %s a minute.', k.pace) end
      )
      else 'In use.'
    end,
    'is_sandbox', p_integration.is_sandbox,
    'paused_at', p_integration.paused_at, 'paused_reason', p_integration.paused_reason,
    'pace_per_minute', k.pace, 'pace_reason', case when k.pace is not null then p_integration.pace_reason end,
    'full_pace_at', case when k.pace is not null then p_integration.pace_begins_at + interval '10 minutes' end,
    'concurrency_limit', p_integration.concurrency_limit,
    'in_flight', (
      select count(*)
      from engine.jobs as j
      where j.team_id = p_integration.team_id and j.integration_id = p_integration.id
        and j.status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    ),
    'last_taken_at', l.taken_at,
    'last_refusal', l.refusal
  )
  from (select engine.pace_now(p_integration) as pace) as k
  cross join lateral (
    -- By sending number: there are few, and each has its attempts in order.
    select
      max(t.begun_at) as taken_at,
      (array_agg(r.said order by r.begun_at desc) filter (where r.said is not null))[1] as refusal
    from public.phone_numbers as f
    left join lateral (
      select a.begun_at
      from engine.attempts as a
      where a.team_id = f.team_id and a.phone_number_id = f.id and a.provider = p_integration.provider
        and a.status = 'ACCEPTED' and a.begun_at > engine.now() - interval '1 day'
      order by a.begun_at desc
      limit 1
    ) as t on true
    left join lateral (
      select a.begun_at, jsonb_build_object('at', a.begun_at, 'code', a.code, 'message', a.message) as said
      from engine.attempts as a
      where a.team_id = f.team_id and a.phone_number_id = f.id and a.provider = p_integration.provider
        and a.status in ('REFUSED', 'TRY_LATER') and a.begun_at > engine.now() - interval '1 day'
      order by a.begun_at desc
      limit 1
    ) as r on true
    where f.team_id = p_integration.team_id
  ) as l
$$;
comment on function engine.describe_health(public.integrations) is
'{provider, health, message, …}: how an account is; the last answers are those of the last 24 hours.';
revoke all on function engine.describe_health(public.integrations) from public;
