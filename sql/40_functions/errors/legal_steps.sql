-- What a refusal lists as allowed.
create or replace function engine.legal_steps(p_entity text, p_from text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(t.to_status order by t.to_status), '[]')
  from reference.transitions as t
  where t.entity = p_entity and t.from_status = p_from
$$;
comment on function engine.legal_steps(text, text) is 'The states that may follow a state, as a JSON array.';
revoke all on function engine.legal_steps(text, text) from public;
