-- When a campaign that starts at a moment would have contacted everybody for the first time, with all caps and
-- by its batching alone, and what that assumes.
create or replace function engine.preflight_estimate(p_campaign public.campaigns, p_at timestamptz, p_people jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  c_call_minutes constant double precision := 3::double precision;
  v_entry record;
  v_node public.workflow_nodes;
  v_number public.phone_numbers;
  v_account public.integrations;
  v_from timestamptz;
  v_timezone text := (select t.timezone from public.teams as t where t.id = p_campaign.team_id);
  v_hours tstzmultirange[];
  v_groups bigint[];
  v_never bigint;
  v_paced record;
  v_batched record;
begin
  select e.* into v_entry from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  select n.* into v_node from public.workflow_nodes as n
  where n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and n.id = v_entry.node_id;
  select f.* into v_number from public.phone_numbers as f
  where f.team_id = p_campaign.team_id and f.id = p_campaign.phone_number_id;
  select i.* into v_account from public.integrations as i
  where i.team_id = p_campaign.team_id and i.provider = engine.provider_for(v_entry.channel);
  v_from := engine.later(p_at, v_entry.delay);
  select
    array_agg(c.open_hours order by upper(c.open_hours), c.open_hours) filter (where not isempty(c.open_hours)),
    array_agg(c.people order by upper(c.open_hours), c.open_hours) filter (where not isempty(c.open_hours)),
    coalesce(sum(c.people) filter (where isempty(c.open_hours)), 0)::bigint
  into v_hours, v_groups, v_never
  from engine.preflight_calendars(p_campaign, v_entry.node_id, v_from, p_people) as c;
  select * into v_paced from engine.estimate_pace(
    v_hours, v_groups, v_from, (v_node.config -> 'batching' ->> 'size')::integer,
    (v_node.config -> 'batching' ->> 'interval')::interval,
    least(
      v_number.rate_per_minute::double precision,
      case when v_entry.channel = 'call' then v_account.concurrency_limit / c_call_minutes end
    ),
    v_number.daily_limit, engine.left_of_day(v_number, v_from), v_timezone
  );
  select * into v_batched from engine.estimate_pace(
    v_hours, v_groups, v_from, (v_node.config -> 'batching' ->> 'size')::integer,
    (v_node.config -> 'batching' ->> 'interval')::interval, null, null, null, v_timezone
  );
  return jsonb_build_object(
    'channel', v_entry.channel, 'starts_at', v_from, 'first_contact_at', v_paced.first_at,
    'last_contact_at', v_paced.last_at, 'last_by_batching_at', v_batched.last_at, 'left_over', v_paced.left_over,
    'never_open', v_never,
    'assumptions', engine.preflight_assumptions(v_node, v_number, v_account, v_entry.channel, c_call_minutes)
  );
end
$$;
comment on function engine.preflight_estimate(public.campaigns, timestamptz, jsonb) is
'{channel, starts_at, first_contact_at, last_contact_at, last_by_batching_at, left_over, never_open, assumptions[]} of the '
'first step; last_contact_at is null when 90 days do not suffice for left_over people.';
revoke all on function engine.preflight_estimate(public.campaigns, timestamptz, jsonb) from public;
