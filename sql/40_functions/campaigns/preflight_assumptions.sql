-- What an estimate takes for granted, in words.
create or replace function engine.preflight_assumptions(
  p_node public.workflow_nodes, p_number public.phone_numbers, p_account public.integrations,
  p_channel public.contact_channel, p_call_minutes double precision
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object('code', a.code, 'message', a.message) order by a.place)
  from (
    select 1 as place, 'first_step_only' as code, format(
      'Only everybody''s first %s is counted; retries and later steps come on top.', p_channel
    ) as message
    union all
    select 2, 'alone', 'No other campaign uses the account or the sending number at the same time.'
    union all
    select 3, 'batching', format(
      'The workflow lets %s begin every %s.', p_node.config -> 'batching' ->> 'size', p_node.config -> 'batching' ->> 'interval'
    )
    where p_node.config -> 'batching' ->> 'size' is not null
    union all
    select 4, 'lines', format('%s calls at once, each of %s minutes.', p_account.concurrency_limit, p_call_minutes)
    where p_channel = 'call'
    union all
    select 5, 'number_rate', format('At most %s a minute from %s.', p_number.rate_per_minute, p_number.phone)
    where p_number.rate_per_minute is not null
    union all
    select 6, 'number_daily_limit', format('At most %s a day from %s.', p_number.daily_limit, p_number.phone)
    where p_number.daily_limit is not null
  ) as a
$$;
comment on function engine.preflight_assumptions(
  public.workflow_nodes, public.phone_numbers, public.integrations, public.contact_channel, double precision
) is
'[{code, message}]: what a preflight''s estimate assumes.';
revoke all on function engine.preflight_assumptions(
  public.workflow_nodes, public.phone_numbers, public.integrations, public.contact_channel, double precision
) from public;
