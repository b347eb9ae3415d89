-- The one way to refuse: a sentence for a person, JSON for a program, a hint for what to do next.
create or replace function engine.refuse(
  p_sqlstate text,
  p_message text,
  p_detail jsonb default '{}',
  p_hint text default ''
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = p_sqlstate,
    message = p_message,
    detail = coalesce(p_detail, '{}')::text,
    hint = coalesce(p_hint, '');
end
$$;
comment on function engine.refuse(text, text, jsonb, text) is 'Raises one of the errors in reference.errors.';
revoke all on function engine.refuse(text, text, jsonb, text) from public;
