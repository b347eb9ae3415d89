-- What an assistant for texts writes obeys the rules of templates in a graph, but without overrides: it
-- must be fit for any node. The registry puts what is wrong into words.
create or replace function engine.assistant_template_issues(p_channel public.contact_channel, p_template text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_channel = 'call' and p_template is not null then
    return jsonb_build_array(engine.issue(
      'template_unfit', 'p_template', 'An assistant for calls speaks for itself; only one for texts has a template.'
    ));
  elsif p_channel = 'text' and (p_template is null or btrim(p_template, E' \t\r\n') = '') then
    return jsonb_build_array(engine.issue(
      'template_required', 'p_template', 'An assistant for texts needs the template that it writes.'
    ));
  elsif p_channel = 'text' and length(p_template) > 1600 then
    return jsonb_build_array(engine.issue(
      'template_invalid', 'p_template', 'The template must have at most 1600 characters.'
    ));
  end if;
  return (
    select coalesce(jsonb_agg(
      engine.issue(c.code, 'p_template', format(c.message || ' ' || c.cure, variadic array['The assistant'] || i.words))
      order by c.code, i.words
    ), '[]')
    from engine.template_issues(
      jsonb_build_array(jsonb_build_object('data', jsonb_build_object('template', p_template))),
      array[(0, null, 'text', null, null)::engine.graph_node]
    ) as i
    inner join reference.validation_codes as c on i.code = c.code
  );
end
$$;
comment on function engine.assistant_template_issues(public.contact_channel, text) is
'Problems of the template of an assistant for this channel, as issues.';
revoke all on function engine.assistant_template_issues(public.contact_channel, text) from public;
