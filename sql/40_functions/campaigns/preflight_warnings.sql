-- What does not block a launch and may surprise whoever presses the button.
create or replace function engine.preflight_warnings(
  p_campaign public.campaigns, p_reach bigint, p_capped bigint, p_estimate jsonb
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('code', w.code, 'message', w.message) order by w.place), '[]')
  from (
    select 1 as place, 'nobody_left' as code, 'Nobody is left to contact; the campaign would be over at once.' as message
    where p_reach = 0 and not p_campaign.is_continuous
    union all
    select 2, 'never_open', format('%s would never be contacted: no hour is open both by law and by the workflow.', p_estimate ->> 'never_open')
    where (p_estimate ->> 'never_open')::bigint > 0
    union all
    select 3, 'at_frequency_cap', format(
      '%s have been contacted as often as the team allows, and wait, or are closed when that is later than the campaign allows.',
      p_capped
    )
    where p_capped > 0
    union all
    select 4, 'takes_too_long', format(
      '%s would not be contacted within 90 days.', p_estimate ->> 'left_over'
    )
    where (p_estimate ->> 'left_over')::bigint > 0
    union all
    select 5, 'later_than_allowed', format(
      'Lines and caps put the last off until long after they are due; what is later than %s is closed, not sent.',
      engine.format_duration(p_campaign.max_lateness)
    )
    where (p_estimate ->> 'last_contact_at')::timestamptz is null and (p_estimate ->> 'last_by_batching_at') is not null
      or (p_estimate ->> 'last_contact_at')::timestamptz
      > engine.later((p_estimate ->> 'last_by_batching_at')::timestamptz, p_campaign.max_lateness)
    union all
    select 6, 'account_slowed_' || i.provider, format('The %s account is slowed to %s a minute for now.', initcap(i.provider::text), k.pace)
    from public.integrations as i
    cross join lateral (select engine.pace_now(i) as pace) as k
    where i.team_id = p_campaign.team_id and k.pace is not null
      and i.provider = engine.provider_for((p_estimate ->> 'channel')::public.contact_channel)
    union all
    select 7, 'list_refresh_failed', 'The last run that was to fill the list failed; its members are older.'
    from (
      select r.status from public.audience_runs as r
      where r.team_id = p_campaign.team_id and r.list_id = p_campaign.list_id
      order by r.id desc
      limit 1
    ) as r
    where r.status = 'FAILED'
  ) as w
$$;
comment on function engine.preflight_warnings(public.campaigns, bigint, bigint, jsonb) is
'[{code, message}]: what a preflight warns of; the estimate is that of engine.preflight_estimate.';
revoke all on function engine.preflight_warnings(public.campaigns, bigint, bigint, jsonb) from public;
