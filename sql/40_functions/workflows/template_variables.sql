-- What a template needs to be filled in.
create or replace function engine.template_variables(p_template text)
returns text[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(v.variable order by v.first_at), '{}')
    from (
      select p.variable, min(p.part_no) as first_at
      from engine.template_parts(p_template) as p
      where p.variable is not null
      group by p.variable
    ) as v
  );
end
$$;
comment on function engine.template_variables(
  text
) is 'The variables of a template, each once, in the order in which they first stand in it.';
revoke all on function engine.template_variables(text) from public;
