-- One problem of a validation: the element of OB001's detail. Null keys are left out.
create or replace function engine.issue(
  p_code text,
  p_path text,
  p_message text,
  p_severity text default 'error',
  p_where jsonb default '{}'
)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_strip_nulls(
    jsonb_build_object('code', p_code, 'severity', p_severity, 'path', p_path, 'message', p_message)
    || coalesce(p_where, '{}')
  )
$$;
comment on function engine.issue(text, text, text, text, jsonb) is
'One element of OB001''s detail: {code, severity, path, message, node_id?, edge_id?, row?, column?}.';
revoke all on function engine.issue(text, text, text, text, jsonb) from public;
