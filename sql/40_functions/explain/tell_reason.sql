-- A reason code as a sentence. Providers have codes of their own, which no list can hold.
create or replace function engine.tell_reason(p_code text)
returns text
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (select r.message from reference.reasons as r where r.code = p_code),
    'The provider''s reason is ' || p_code || '.'
  )
$$;
comment on function engine.tell_reason(text) is 'What a reason code means, as a sentence.';
revoke all on function engine.tell_reason(text) from public;
