-- A template with its variables filled in. A missing or blank value gives the variable's own
-- fallback, else nothing. Each value goes in as it is: braces in a customer's name stay braces. Every
-- text that is sent passes here, so this is the reader of engine.template_parts once more without
-- rows between; a test keeps the two equal.
create or replace function engine.render_template(p_template text, p_values jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_parts text[] := string_to_array(p_template, '{{');
  v_result text := v_parts[1];
  v_part text;
  v_inside text;
  v_name text;
  v_end integer;
begin
  for v_part_no in 2 .. coalesce(cardinality(v_parts), 0) loop
    v_part := v_parts[v_part_no];
    v_end := position('}}' in v_part);
    v_inside := left(v_part, greatest(v_end - 1, 0));
    v_name := btrim(split_part(v_inside, '|', 1));
    if length(v_name) <= 64 and v_name ~ '^[A-Za-z_][A-Za-z0-9_]*$' then
      v_result := v_result
        || coalesce(
          nullif(btrim(p_values ->> v_name), ''),
          case when v_inside like '%|%' then btrim(substr(v_inside, position('|' in v_inside) + 1)) else '' end
        )
        || substr(v_part, v_end + 2);
    else
      v_result := v_result || '{{' || v_part;
    end if;
  end loop;
  return coalesce(v_result, p_template);
end
$$;
comment on function engine.render_template(text, jsonb) is
'Fills {{variable}} and {{variable|fallback}} from an object of values; evaluates nothing.';
revoke all on function engine.render_template(text, jsonb) from public;
