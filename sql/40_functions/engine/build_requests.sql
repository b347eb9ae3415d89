-- What is asked of which provider for each job, in the product's own words; the worker's client translates
-- it. Templates are filled here, so that what is sent is what the ledger holds. What the assistant of a
-- text writes stands on the node since the workflow was published.
create or replace function engine.build_requests(p_job_ids uuid[])
returns table (
  job_id uuid, request jsonb, team_id uuid, phone text, phone_number_id uuid, provider public.provider, secret_name text,
  account_ref text
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with jobs as materialized (
    select
      j.team_id, j.id, j.channel, j.campaign_id, j.workflow_id, j.node_id, j.contact_id, j.phone, j.integration_id
    from unnest(p_job_ids) as asked (id)
    inner join engine.jobs as j on asked.id = j.id
  ),

  -- What all jobs of a campaign's node share, looked up once.
  nodes as materialized (
    select
      c.team_id, c.id as campaign_id, k.node_id, k.channel, k.integration_id, c.list_id, t.name as team_name,
      t.timezone as team_timezone, c.phone_number_id, f.phone,
      f.vapi_phone_number_id, engine.provider_for(k.channel) as provider, i.secret_name, i.account_ref,
      a.provider_assistant_id, n.config ->> 'first_message' as first_message,
      coalesce(n.config ->> 'template', n.assistant_template) as template,
      coalesce(n.config -> 'template_overrides', '{}') as overrides
    from (select distinct team_id, campaign_id, workflow_id, node_id, channel, integration_id from jobs) as k
    inner join public.campaigns as c on k.team_id = c.team_id and k.campaign_id = c.id
    inner join public.teams as t on k.team_id = t.id
    inner join public.integrations as i on k.team_id = i.team_id and k.integration_id = i.id
    inner join public.phone_numbers as f on c.team_id = f.team_id and c.phone_number_id = f.id
    inner join public.workflow_nodes as n
      on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
    left join public.assistants as a
      on k.team_id = a.team_id and n.config ->> 'assistant_id' = a.id::text
  )

  select v.id, case v.channel
    when 'call' then jsonb_build_object(
      'to', v.to_phone, 'phone_number_id', v.vapi_phone_number_id, 'assistant_id', v.provider_assistant_id,
      'first_message', engine.render_template(v.first_message, v.variables),
      'customer_name', nullif(v.variables ->> 'full_name', ''), 'variables', v.variables
    )
    else jsonb_build_object(
      'to', v.to_phone, 'from', v.from_phone, 'body', engine.render_template(v.template, v.variables)
    )
  end, v.team_id, v.to_phone, v.phone_number_id, v.provider, v.secret_name, v.account_ref
  from (
    select
      j.team_id, j.id, j.channel, j.phone as to_phone, n.phone_number_id, n.provider, n.secret_name, n.account_ref,
      n.phone as from_phone, n.vapi_phone_number_id, n.provider_assistant_id, n.first_message, n.template,
      -- What is known of the person; as a list of texts, because to find out the type of each value cost half as much again.
      jsonb_strip_nulls(jsonb_object(array[
        'first_name', p.first_name, 'last_name', p.last_name,
        'full_name', nullif(concat_ws(' ', p.first_name, p.last_name), ''), 'team_name', n.team_name,
        'phone', p.phone, 'email', p.email, 'postal_code', p.postal_code,
        'appointment_date', to_char(a.starts_at, 'YYYY-MM-DD'), 'appointment_time', to_char(a.starts_at, 'HH12:MI AM')
      ])) || n.overrides as variables
    from jobs as j
    inner join nodes as n
      on j.team_id = n.team_id and j.campaign_id = n.campaign_id and j.node_id = n.node_id and j.channel = n.channel
      and j.integration_id = n.integration_id
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    left join public.audience_members as m
      on j.team_id = m.team_id and n.list_id = m.list_id and j.contact_id = m.contact_id
    cross join lateral (
      select m.appointment_starts_at at time zone coalesce(p.timezone, n.team_timezone) as starts_at
    ) as a
    offset 0 -- the values of a person are made once, not once for each use
  ) as v;
end
$$;
comment on function engine.build_requests(uuid[]) is
'The provider-neutral request of each job and what it goes out with: call {to, phone_number_id, assistant_id, first_message, customer_name, variables}; text {to, from, body}.';
revoke all on function engine.build_requests(uuid[]) from public;
