-- What a call or a text says, and who says it. Nodes share assistants, so each distinct one is looked
-- up once.
create or replace function engine.node_content_issues(p_list jsonb, p_nodes engine.graph_node[], p_team_id uuid)
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
      c.node_no, c.type, c.assistant, c.template, c.first_message,
      coalesce(c.assistant, 'null') not in ('null', '""') as has_assistant,
      coalesce(c.template, 'null') <> 'null'
      and not (jsonb_typeof(c.template) = 'string' and btrim(c.template #>> '{}', E' \t\r\n') = '') as has_template
    from (
      select
        n.node_no, n.type, n.element -> 'data' -> 'assistant_id' as assistant,
        case n.type when 'text' then n.element -> 'data' -> 'template' end as template,
        case n.type when 'call' then n.element -> 'data' -> 'first_message' end as first_message
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      where n.type in ('call', 'text')
      offset 0
    ) as c
  ),

  named as (
    select c.type, c.assistant, array_agg(c.node_no) as node_nos
    from content as c
    where c.has_assistant or c.type = 'call'
    group by c.type, c.assistant
  ),

  assistants as (
    select
      d.type, d.assistant, d.node_nos,
      coalesce(d.assistant, 'null') in ('null', '""') as is_missing,
      case when d.assistant #>> '{}' ~ '^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$'
          then (d.assistant #>> '{}')::uuid end as assistant_id
    from named as d
  )

  select
    case
      when d.is_missing then 'assistant_missing'
      when d.assistant_id is null then 'assistant_invalid'
      when a.id is null then 'assistant_unknown'
      when a.channel::text <> d.type::text then 'assistant_channel'
      else 'assistant_inactive'
    end,
    v.node_no, null::integer, '.data.assistant_id',
    array[coalesce(a.name, engine.show_value(d.assistant))], null::integer, null::integer[]
  from assistants as d
  left join public.assistants as a on a.team_id = p_team_id and d.assistant_id = a.id
  cross join unnest(d.node_nos) as v (node_no)
  where not coalesce(a.is_active and a.channel::text = d.type::text, false)
  union all
  select 'first_message_invalid', c.node_no, null, '.data.first_message', array[engine.show_value(c.first_message)], null, null
  from content as c
  where c.first_message <> 'null'
    and (jsonb_typeof(c.first_message) <> 'string' or length(c.first_message #>> '{}') > 1000)
  union all
  select
    case when c.has_template then 'text_content_ambiguous' else 'text_content_missing' end,
    c.node_no, null, '.data.template', null, null, null
  from content as c
  where c.type = 'text' and c.has_template = c.has_assistant
  union all
  select 'template_invalid', c.node_no, null, '.data.template', array[engine.show_value(c.template)], null, null
  from content as c
  where c.has_template and (jsonb_typeof(c.template) <> 'string' or length(c.template #>> '{}') > 1600);
end
$$;
comment on function engine.node_content_issues(jsonb, engine.graph_node[], uuid) is
'Calls without an active assistant of the team, texts without anything to say, and what is malformed in either.';
revoke all on function engine.node_content_issues(jsonb, engine.graph_node[], uuid) from public;
