-- Whether the structured data of a call's report says that the person opted out. What the field is called, and
-- how deep it lies, is up to whoever wrote the assistant, so every usual name counts at any depth; the value
-- must say yes, alone or before anything else ("Yes, she asked"). Values are looked at first: most say no, and names cost more.
-- engine.read_vapi_messages asks only where something could be such a value.
create or replace function engine.says_opt_out(p_data jsonb)
returns boolean
language plpgsql -- a function in SQL would be made ready for each report
immutable
parallel safe
set search_path = ''
as $$
begin
  return p_data @? '$.** ? (@.type() == "object").keyvalue()
    ? (@.value == true || @.value == 1 || @.value like_regex "^[^a-z0-9]*(true|yes|y|1)([^a-z0-9]|$)" flag "i")
    ? (@.key like_regex "^((has|is|was|wants?|wants_to|asked|asked_to|requested)?_?(opt(ed)?_?out|dnc|(do_?not|dont|stop)_?(call(ing)?|contact(ing)?|text(ing)?|messag(e|ing))|unsubscribed?|remove_?(me|from_?(the_?|our_?)?(call(ing)?_?)?list)|take_?me_?off(_?(the_?|our_?)?list)?|revoked?(_?consent)?)(_?(request(ed)?|list))?)$" flag "i")';
end
$$;
comment on function engine.says_opt_out(jsonb) is 'Whether structured data holds an opt-out, under any of the usual names and at any depth.';
revoke all on function engine.says_opt_out(jsonb) from public;
