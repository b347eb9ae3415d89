-- A template with its variables filled in. A missing or blank value gives the variable's own
-- fallback, else nothing. Each value goes in as it is: braces in a customer's name stay braces.
create or replace function engine.render_template(p_template text, p_values jsonb)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(string_agg(
    case when p.variable is null then '' else coalesce(nullif(btrim(p_values ->> p.variable), ''), p.fallback) end || p.tail,
    '' order by p.part_no
  ), p_template)
  from engine.template_parts(p_template) as p
$$;
comment on function engine.render_template(text, jsonb) is
'Fills {{variable}} and {{variable|fallback}} from an object of values; evaluates nothing.';
revoke all on function engine.render_template(text, jsonb) from public;
