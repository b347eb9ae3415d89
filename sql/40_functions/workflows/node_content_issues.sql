-- What a call or a text says, and who says it.
create or replace function engine.node_content_issues(p_nodes engine.graph_node[], p_team_id uuid)
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  with content as materialized (
    select
      n.node_no, n.type, n.data,
      n.data -> 'assistant_id' as assistant,
      coalesce(n.data -> 'assistant_id', 'null') not in ('null', '""') as has_assistant,
      coalesce(n.data -> 'template', 'null') <> 'null'
      and not (jsonb_typeof(n.data -> 'template') = 'string' and btrim(n.data ->> 'template', E' \t\r\n') = '') as has_template,
      case when n.data ->> 'assistant_id' ~ '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$'
          then (n.data ->> 'assistant_id')::uuid end as assistant_id
    from unnest(p_nodes) as n
    where n.type in ('call', 'text')
  )

  select
    case
      when not c.has_assistant then 'assistant_missing'
      when c.assistant_id is null then 'assistant_invalid'
      when a.id is null then 'assistant_unknown'
      when a.channel::text <> c.type::text then 'assistant_channel'
      else 'assistant_inactive'
    end,
    c.node_no, null::integer, '.data.assistant_id',
    array[coalesce(a.name, engine.show_value(c.assistant))], null::integer, null::integer[]
  from content as c
  left join public.assistants as a on a.team_id = p_team_id and c.assistant_id = a.id
  where (c.has_assistant or c.type = 'call') and not coalesce(a.is_active and a.channel::text = c.type::text, false)
  union all
  select 'first_message_invalid', c.node_no, null, '.data.first_message',
    array[engine.show_value(c.data -> 'first_message')], null, null
  from content as c
  where c.type = 'call' and c.data -> 'first_message' <> 'null'
    and (jsonb_typeof(c.data -> 'first_message') <> 'string' or length(c.data ->> 'first_message') > 1000)
  union all
  select
    case when c.has_template then 'text_content_ambiguous' else 'text_content_missing' end,
    c.node_no, null, '.data.template', null, null, null
  from content as c
  where c.type = 'text' and c.has_template = c.has_assistant
  union all
  select 'template_invalid', c.node_no, null, '.data.template', array[engine.show_value(c.data -> 'template')], null, null
  from content as c
  where c.type = 'text' and c.has_template
    and (jsonb_typeof(c.data -> 'template') <> 'string' or length(c.data ->> 'template') > 1600);
end
$$;
comment on function engine.node_content_issues(engine.graph_node[], uuid) is
'Calls without an active assistant of the team, texts without anything to say, and what is malformed in either.';
revoke all on function engine.node_content_issues(engine.graph_node[], uuid) from public;
