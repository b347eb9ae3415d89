-- What is asked of a provider for each job, in the product's own words; the worker's client translates
-- it. Templates are filled here, so that what is sent is what the ledger holds. What the assistant of a
-- text writes stands on the node since the workflow was published.
create or replace function engine.build_requests(p_job_ids uuid[])
returns table (job_id uuid, request jsonb)
language sql
stable
set search_path = ''
as $$
  select j.id, case j.channel
    when 'call' then jsonb_build_object(
      'to', j.phone,
      'phone_number_id', f.vapi_phone_number_id,
      'assistant_id', a.provider_assistant_id,
      'first_message', engine.render_template(n.config ->> 'first_message', v.variables),
      'customer_name', nullif(v.variables ->> 'full_name', ''),
      'variables', v.variables
    )
    else jsonb_build_object(
      'to', j.phone,
      'from', f.phone,
      'body', engine.render_template(coalesce(n.config ->> 'template', n.assistant_template), v.variables)
    )
  end
  from unnest(p_job_ids) as asked (id)
  inner join engine.jobs as j on asked.id = j.id
  inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
  inner join public.teams as t on j.team_id = t.id
  inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
  inner join public.phone_numbers as f on c.team_id = f.team_id and c.phone_number_id = f.id
  inner join public.workflow_nodes as n
    on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
  left join public.assistants as a
    on j.team_id = a.team_id and n.config ->> 'assistant_id' = a.id::text
  left join public.audience_members as m
    on c.team_id = m.team_id and c.list_id = m.list_id and j.contact_id = m.contact_id
  cross join lateral (
    select engine.template_values(t, p, m) || coalesce(n.config -> 'template_overrides', '{}') as variables
  ) as v
$$;
comment on function engine.build_requests(uuid[]) is
'The provider-neutral request of each job: call {to, phone_number_id, assistant_id, first_message, customer_name, variables}; text {to, from, body}.';
revoke all on function engine.build_requests(uuid[]) from public;
