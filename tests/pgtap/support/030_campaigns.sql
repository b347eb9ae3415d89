-- The usual campaign: call, and text whoever could not be reached; a no-answer is called once more.
-- Every hour of the week is business; the legal hours still hold.
create function tests.graph(p_assistant_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'nodes', jsonb_build_array(
      jsonb_build_object('id', 'start', 'type', 'trigger', 'position', '{"x": 0, "y": 0}'::jsonb, 'data', '{}'::jsonb),
      jsonb_build_object('id', 'call', 'type', 'call', 'position', '{"x": 0, "y": 100}'::jsonb, 'data', jsonb_build_object(
        'label', 'First call', 'assistant_id', p_assistant_id, 'first_message', 'Hi {{first_name|there}}!',
        'retry', '{"outcomes": ["no_answer"], "max_retries": 1, "delay": "PT4H"}'::jsonb
      )),
      jsonb_build_object('id', 'text', 'type', 'text', 'position', '{"x": 0, "y": 200}'::jsonb, 'data', jsonb_build_object(
        'label', 'Follow-up', 'template', 'Hi {{first_name|there}}, this is {{team_name}}. Reply to book.',
        'reply_window', 'P1D'
      )),
      jsonb_build_object('id', 'thanks', 'type', 'text', 'position', '{"x": 200, "y": 200}'::jsonb, 'data', jsonb_build_object(
        'label', 'Confirmation', 'template', 'You are booked, {{first_name|neighbor}}.'
      ))
    ),
    'edges', jsonb_build_array(
      '{"id": "e1", "source": "start", "target": "call", "data": {"when": "any", "priority": 1}}'::jsonb,
      '{"id": "e2", "source": "call", "target": "text", "data": {"when": "no_answer", "priority": 1}}'::jsonb,
      '{"id": "e3", "source": "call", "target": "thanks", "data": {"when": "booked", "priority": 1}}'::jsonb,
      '{"id": "e4", "source": "text", "target": "thanks", "data": {"when": "reply_matches", "phrases": ["yes"], "priority": 1}}'::jsonb
    )
  )
$$;

-- A team's number, integrations and assistant, all of them the sandbox's; returns the assistant.
create function tests.connect_providers(p_team_id uuid, p_concurrency integer default 10)
returns uuid
language sql
volatile
security definer -- whoever the test is acting as
set search_path = ''
as $$
  insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox, concurrency_limit)
  values
  (p_team_id, 'vapi', null, 'VAPI', true, p_concurrency),
  (p_team_id, 'twilio', 'AC' || replace(p_team_id::text, '-', ''), 'TWILIO', true, p_concurrency);
  insert into public.phone_numbers (
    team_id, phone, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts
  )
  values (p_team_id, '+12125550100', 'vapi-number', true, true);
  insert into public.assistants (team_id, name, provider_assistant_id)
  values (p_team_id, 'Ava', 'vapi-assistant')
  returning id
$$;

-- A list of fictitious contacts, numbered from p_first on; all of them in one zone.
create function tests.create_list(
  p_team_id uuid, p_count integer, p_first integer default 1000, p_timezone text default 'America/New_York'
)
returns uuid
language sql
volatile
security definer -- whoever the test is acting as
set search_path = ''
as $$
  with list as (
    insert into public.audience_lists (team_id, name, source) values (p_team_id, 'People', 'csv') returning id
  ),

  people as (
    insert into public.contacts (team_id, phone, first_name, timezone, timezones)
    select p_team_id, tests.fictitious_phone(p_first + n), 'Pat ' || n, p_timezone, array[p_timezone]
    from generate_series(1, p_count) as n
    on conflict (team_id, phone) do update set first_name = excluded.first_name
    returning id
  ),

  members as (
    insert into public.audience_members (team_id, list_id, contact_id)
    select p_team_id, list.id, people.id from list cross join people
  )

  select id from list
$$;

-- A published workflow out of a graph.
create function tests.publish(p_team_id uuid, p_graph jsonb)
returns uuid
language plpgsql
security definer -- whoever the test is acting as
set search_path = ''
as $$
declare
  v_workflow jsonb := to_jsonb(public.create_workflow('Usual', p_team_id => p_team_id));
  v_id uuid := (v_workflow ->> 'id')::uuid;
begin
  perform public.save_workflow(v_id, p_graph, (v_workflow ->> 'revision')::integer);
  perform public.publish_workflow(v_id, null);
  return v_id;
end
$$;

-- A campaign over p_count fictitious contacts, not launched yet. Makes what it needs. p_call is more data
-- of the node that calls, such as its batching.
create function tests.create_campaign(
  p_team_id uuid, p_count integer, p_concurrency integer default 10, p_first integer default 1000,
  p_call jsonb default '{}'
)
returns uuid
language plpgsql
security definer -- whoever the test is acting as
set search_path = ''
as $$
declare
  v_list_id uuid := tests.create_list(p_team_id, p_count, p_first);
  v_assistant_id uuid := tests.connect_providers(p_team_id, p_concurrency);
  v_graph jsonb := tests.graph(v_assistant_id);
  v_workflow_id uuid := tests.publish(
    p_team_id, jsonb_set(v_graph, '{nodes,1,data}', v_graph #> '{nodes,1,data}' || p_call)
  );
begin
  return (public.create_campaign(
    'Tune-up', v_list_id, v_workflow_id, (select id from public.phone_numbers where team_id = p_team_id),
    p_team_id => p_team_id
  )).id;
end
$$;
