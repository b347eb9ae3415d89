-- North American numbers reserved for fiction: 555-0100 to 555-0199 in any area code.
create or replace function engine.is_fictitious(p_phone text)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return p_phone ~ '^\+1[2-9][0-9]{2}55501[0-9]{2}$';
end
$$;
comment on function engine.is_fictitious(text) is 'Whether an E.164 number is reserved for fiction.';
revoke all on function engine.is_fictitious(text) from public;
