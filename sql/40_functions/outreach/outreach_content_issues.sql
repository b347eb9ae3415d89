-- Who calls or what is written, by the rules of every workflow. The issues are told by the arguments that
-- they came from, not by the node that is made of them.
create or replace function engine.outreach_content_issues(
  p_team_id uuid, p_channel text, p_assistant_id uuid, p_template text, p_settings jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  c_known constant text[] := array[
    'first_message', 'business_hours', 'batching', 'retry', 'template_overrides'
  ];
  v_issues jsonb := '[]'::jsonb;
begin
  if jsonb_typeof(coalesce(p_settings, '{}')) <> 'object' then
    return jsonb_build_array(engine.issue('settings_invalid', 'p_settings', 'The settings must be an object.'));
  end if;
  select coalesce(jsonb_agg(engine.issue(
    'setting_unknown', 'p_settings.' || left(k.name, 100), 'There are ' || array_to_string(c_known, ', ') || '.'
  ) order by k.name), '[]') into v_issues
  from jsonb_object_keys(coalesce(p_settings, '{}')) as k (name)
  where k.name <> all(c_known);
  if p_channel = 'call' and p_template is not null then
    v_issues := v_issues || engine.issue('template_not_for_calls', 'p_template', 'A call has an assistant, not a template.');
  end if;
  return v_issues || (
    select coalesce(jsonb_agg(engine.issue(
      i.code,
      case
        when i.path like '%.data.assistant\_id%' then 'p_assistant_id'
        when i.path like '%.data.template' then 'p_template'
        else 'p_settings.' || split_part(i.path, '.data.', 2)
      end,
      replace(i.message, 'Node "outreach"', 'The outreach')
    )), '[]')
    from jsonb_to_recordset(engine.graph_issues(
      engine.outreach_graph(p_channel, 'outreach', p_assistant_id, p_template, p_settings), p_team_id
    )) as i (code text, severity text, path text, message text)
    where i.severity = 'error' and split_part(i.path, '.data.', 2) <> ''
  );
end
$$;
comment on function engine.outreach_content_issues(uuid, text, uuid, text, jsonb) is
'What is wrong with assistant, template and settings of an outreach.';
revoke all on function engine.outreach_content_issues(uuid, text, uuid, text, jsonb) from public;
