-- What a launch would do, before it: whom it leaves out and why, where those are whom it reaches, when it would
-- be through, what blocks it, and what to think about. Nothing is written, and the launch asks the same rules.
create or replace function public.preflight_campaign(p_campaign_id uuid, p_at timestamptz default null)
returns jsonb
language plpgsql
stable
security definer -- reads the engine; engine.require_campaign asks engine.caller_team_ids
set search_path = ''
set jit = off
set statement_timeout = '60s' -- a list of a hundred thousand takes a few of the API's usual eight seconds, a larger one more
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'viewer');
  v_at timestamptz := greatest(coalesce(p_at, v_campaign.scheduled_at, engine.now()), engine.now());
  v_channel public.contact_channel;
  v_people jsonb;
  v_reach bigint;
  v_capped bigint;
  v_estimate jsonb;
begin
  if v_campaign.status not in ('CREATED', 'SCHEDULED') then
    perform engine.refuse(
      'OB003', format('The campaign is %s; a preflight is for one that has not started.', v_campaign.status),
      jsonb_build_object('entity', 'campaign', 'id', v_campaign.id, 'status', v_campaign.status),
      'See the metrics of one that runs.'
    );
  end if;
  perform engine.refuse_issues(engine.start_issues('p_at', p_at, v_campaign.team_id), 'The preflight');
  select e.channel into v_channel from engine.campaign_entry(v_campaign.team_id, v_campaign.workflow_id) as e;
  v_people := (
    select coalesce(jsonb_agg(to_jsonb(p)), '[]') from engine.preflight_people(v_campaign, v_channel) as p
  );
  select coalesce(sum(p.people), 0)::bigint, coalesce(sum(p.capped), 0)::bigint into v_reach, v_capped
  from jsonb_to_recordset(v_people) as p (reason_code text, people bigint, capped bigint)
  where p.reason_code is null;
  v_estimate := engine.preflight_estimate(v_campaign, v_at, v_people);
  return jsonb_build_object(
    'campaign_id', v_campaign.id, 'status', v_campaign.status, 'at', v_at,
    'members', (select coalesce(sum((p ->> 'people')::bigint), 0)::bigint from jsonb_array_elements(v_people) as p),
    'reach', v_reach,
    'funnel', engine.preflight_funnel(v_people),
    'timezones', (
      select coalesce(jsonb_agg(jsonb_build_object('timezones', z.timezones, 'people', z.people) order by z.people desc, z.timezones), '[]')
      from (
        select p.timezones, sum(p.people)::bigint as people
        from jsonb_to_recordset(v_people) as p (reason_code text, timezones text[], people bigint)
        where p.reason_code is null
        group by p.timezones
      ) as z
    ),
    'estimate', v_estimate,
    'blockers', engine.launch_blockers(v_campaign),
    'warnings', engine.preflight_warnings(v_campaign, v_reach, v_capped, v_estimate)
  );
end
$$;
comment on function public.preflight_campaign(uuid, timestamptz) is
'{campaign_id, status, at, members, reach, funnel[{code, message, left_out, left}], timezones[{timezones[], people}], '
'estimate{channel, starts_at, first_contact_at, last_contact_at, last_by_batching_at, left_over, never_open, assumptions[]}, '
'blockers[{code, message}], warnings[{code, message}]} of a launch at p_at. Changes nothing. OB001, OB003 once it has started, OB004.';
revoke all on function public.preflight_campaign(uuid, timestamptz) from public;
grant execute on function public.preflight_campaign(uuid, timestamptz) to authenticated, service_role;
