-- The one reader of templates: {{variable}} and {{variable|text when it is missing}}. What stands in
-- double braces and is no variable comes back as it is, marked; nothing is ever evaluated.
create or replace function engine.template_parts(p_template text)
returns table (part_no bigint, variable text, fallback text, tail text, malformed text)
language sql
immutable
parallel safe
set search_path = ''
as $$
  select
    t.part_no,
    v.words[1],
    coalesce(btrim(v.words[2]), ''),
    case when t.part_no = 1 then t.part when v.words is null then '{{' || t.part else substr(t.part, e.at + 2) end,
    case when t.part_no > 1 and v.words is null then '{{' || case when e.at > 0 then left(t.part, e.at + 1) else t.part end end
  from string_to_table(p_template, '{{') with ordinality as t (part, part_no)
  cross join position('}}' in t.part) as e (at)
  left join regexp_match(
    case when t.part_no > 1 and e.at > 0 then left(t.part, e.at - 1) end,
    '^\s*([A-Za-z_][A-Za-z0-9_]{0,63})\s*(?:\|(.*))?$'
  ) as v (words) on true
$$;
comment on function engine.template_parts(text) is
'A template in parts: each a variable with its fallback (none in the first), then the text that follows; malformed holds what looks like a variable and is none.';
revoke all on function engine.template_parts(text) from public;
