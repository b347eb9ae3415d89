-- The people whom a launch would contact (a part of engine.preflight_people, as JSON), by the hours in which
-- the first step may reach them from a moment on. Worked out once for each calendar; equal ones are one group.
create or replace function engine.preflight_calendars(
  p_campaign public.campaigns, p_entry_node_id text, p_from timestamptz, p_people jsonb
)
returns table (open_hours tstzmultirange, people bigint)
language sql
stable
set search_path = ''
as $$
  select engine.open_hours(
    n.type::text::public.contact_channel, n.config -> 'business_hours', t.timezone, p.timezones, p.regions,
    p_from, p_from + interval '90 days'
  ), sum(p.people)::bigint
  from jsonb_to_recordset(p_people) as p (reason_code text, timezones text[], regions text[], people bigint)
  inner join public.teams as t on t.id = p_campaign.team_id
  inner join public.workflow_nodes as n
    on n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and n.id = p_entry_node_id
  where p.reason_code is null
  group by 1
$$;
comment on function engine.preflight_calendars(public.campaigns, text, timestamptz, jsonb) is
'People by the open hours of a node within 90 days; empty hours: never.';
revoke all on function engine.preflight_calendars(public.campaigns, text, timestamptz, jsonb) from public;
