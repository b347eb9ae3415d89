-- Whether the structured data of a call's report says that the person opted out. What the field is called is
-- up to whoever wrote the assistant, so every usual name counts; the value must say yes.
create or replace function engine.says_opt_out(p_data jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select p_data @? '$.keyvalue() ? (
    @.key like_regex "^((has|is|was|wants)?_?(opt(ed)?_?out|(do_?not|dont|stop)_?(call(ing)?|contact(ing)?|text(ing)?|messag(e|ing))|unsubscribed?|revoked?(_?consent)?)(_?requested)?)$" flag "i"
    && (@.value == true || @.value == 1 || @.value like_regex "^(true|yes|y)$" flag "i")
  )'
$$;
comment on function engine.says_opt_out(jsonb) is 'Whether an object of structured data holds an opt-out, under any of the usual names.';
revoke all on function engine.says_opt_out(jsonb) from public;
