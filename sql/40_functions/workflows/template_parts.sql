-- The reader of templates: {{variable}} and {{variable|text when it is missing}}. What stands in
-- double braces and is no variable comes back as it is, marked; nothing is ever evaluated.
create or replace function engine.template_parts(p_template text)
returns table (part_no bigint, variable text, fallback text, tail text, malformed text)
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  select
    r.part_no,
    case when r.is_variable then r.name end,
    case when r.inside like '%|%' then btrim(substr(r.inside, position('|' in r.inside) + 1)) else '' end,
    case when r.part_no = 1 then r.part when r.is_variable then substr(r.part, r.part_end + 2) else '{{' || r.part end,
    case when r.part_no > 1 and not r.is_variable
        then '{{' || case when r.part_end > 0 then r.inside || '}}' else r.part end end
  from (
    select
      t.part_no, t.part, e.part_end, i.inside, n.name,
      t.part_no > 1 and length(n.name) <= 64 and n.name ~ '^[A-Za-z_][A-Za-z0-9_]*$' as is_variable
    from string_to_table(p_template, '{{') with ordinality as t (part, part_no)
    cross join position('}}' in t.part) as e (part_end)
    cross join left(t.part, greatest(e.part_end - 1, 0)) as i (inside)
    cross join btrim(split_part(i.inside, '|', 1)) as n (name)
  ) as r;
end
$$;
comment on function engine.template_parts(text) is
'A template in parts: each a variable with its fallback (none in the first), then the text that follows; malformed holds '
'what looks like a variable and is none.';
revoke all on function engine.template_parts(text) from public;
