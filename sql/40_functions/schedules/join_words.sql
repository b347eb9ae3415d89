-- A list as English writes it.
create or replace function engine.join_words(p_words text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return concat_ws(
    ' and ', nullif(array_to_string(p_words[:cardinality(p_words) - 1], ', '), ''), p_words[cardinality(p_words)]
  );
end
$$;
comment on function engine.join_words(text[]) is '"a", "a and b", "a, b and c".';
revoke all on function engine.join_words(text[]) from public;
