-- What is stored of a node's data: the keys that its kind has, without nulls, blanks and whatever an
-- editor keeps there for itself, in one spelling. The data has been validated.
create or replace function engine.node_config(p_type public.node_type, p_data jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_strip_nulls(case p_type
    when 'trigger' then '{}'
    when 'call' then jsonb_build_object('first_message', nullif(btrim(p_data ->> 'first_message'), ''))
    else jsonb_build_object(
      'template', case when btrim(p_data ->> 'template', E' \t\r\n') <> '' then p_data -> 'template' end,
      'template_overrides', nullif(p_data -> 'template_overrides', '{}'),
      'reply_window', engine.tidy_duration(p_data ->> 'reply_window')
    )
  end
  || case when p_type <> 'trigger' then jsonb_build_object(
      'assistant_id', nullif(lower(p_data ->> 'assistant_id'), ''),
      'business_hours', engine.business_hours_config(p_data -> 'business_hours'),
      'batching', case when jsonb_typeof(p_data -> 'batching') = 'object' then jsonb_build_object(
        'size', p_data -> 'batching' -> 'size', 'interval', engine.tidy_duration(p_data -> 'batching' ->> 'interval')
      ) end,
      'retry', case when jsonb_typeof(p_data -> 'retry') = 'object' then jsonb_build_object(
        'outcomes', p_data -> 'retry' -> 'outcomes', 'max_retries', p_data -> 'retry' -> 'max_retries',
        'delay', engine.tidy_duration(p_data -> 'retry' ->> 'delay')
      ) end
    ) else '{}' end);
end
$$;
comment on function engine.node_config(public.node_type, jsonb) is
'The stored settings of a node from its validated data, with the keys that docs/workflows.md lists for its kind.';
revoke all on function engine.node_config(public.node_type, jsonb) from public;
