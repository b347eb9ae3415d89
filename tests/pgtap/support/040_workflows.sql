-- The codes of a list of issues, each once, in alphabetical order.
create function tests.codes(p_issues jsonb)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select coalesce(array_agg(distinct i.value ->> 'code' order by i.value ->> 'code'), '{}')
  from jsonb_array_elements(p_issues) as i
$$;

-- What a statement refuses with as JSON: {sqlstate, message, detail, hint}; null when it succeeds.
create function tests.refusal(p_statement text)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_state text;
  v_message text;
  v_detail text;
  v_hint text;
begin
  execute p_statement;
  return null;
exception when others then
  get stacked diagnostics
    v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
  return jsonb_build_object(
    'sqlstate', v_state, 'message', v_message,
    'detail', case when v_state like 'OB%' then v_detail::jsonb end, 'hint', v_hint
  );
end
$$;

-- Two teams for tests of workflows: Acme with Ann (admin), Otto (operator) and Vera (viewer), and
-- Rival with Rita (admin). Each has an assistant.
create function tests.furnish_workflows()
returns void
language plpgsql
security definer -- whoever the test is acting as
set search_path = ''
as $$
declare
  v_acme uuid := tests.create_team('Acme', 'ann@acme.example');
begin
  perform tests.add_member(v_acme, 'otto@acme.example', 'operator');
  perform tests.add_member(v_acme, 'vera@acme.example', 'viewer');
  perform tests.connect_providers(v_acme);
  insert into public.assistants (team_id, name, provider_assistant_id)
  values (tests.create_team('Rival', 'rita@rival.example'), 'Rex', 'vapi-rival');
end
$$;

-- The id of a team by its name.
create function tests.team_id(p_name text)
returns uuid
language sql
stable
security definer -- whoever the test is acting as
set search_path = ''
as $$
  select id from public.teams where name = p_name
$$;

-- The usual graph with an assistant of a team.
create function tests.team_graph(p_team text default 'Acme')
returns jsonb
language sql
stable
security definer -- whoever the test is acting as
set search_path = ''
as $$
  select tests.graph((
    select id from public.assistants where team_id = tests.team_id(p_team) and channel = 'call' order by id limit 1
  ))
$$;

-- The id of a workflow by its name.
create function tests.workflow_id(p_name text)
returns uuid
language sql
stable
security definer -- whoever the test is acting as
set search_path = ''
as $$
  select id from public.workflows where name = p_name order by id limit 1
$$;

-- Makes a draft of a name, as whoever the test is acting as; without a graph the usual one.
create function tests.draft(p_name text, p_graph jsonb default tests.team_graph())
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform public.create_workflow(p_name, p_graph);
end
$$;

-- Runs a statement whose result is of no interest to the test, as whoever it is acting as.
create function tests.quietly(p_statement text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  execute p_statement;
end
$$;
