-- The phrases of the edges. A phrase without a letter, a digit or an emoji has no word to look for, so
-- it would never match. Edges share phrases, so each distinct one is looked at once.
create or replace function engine.phrase_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  with lists as materialized (
    select l.*
    from (
      select
        e.edge_no, coalesce(e.rule = 'reply_matches', false) as is_used,
        coalesce(e.element -> 'data' -> 'phrases', 'null') as phrases
      from rows from (unnest(p_edges), jsonb_array_elements(p_list)) as e
        (edge_no, id, source_no, target_no, source_type, rule, priority, no_element, no_data, element)
      offset 0
    ) as l
    where l.is_used or l.phrases not in ('null', '[]')
  ),

  phrases as (
    select p.phrase, array_agg(l.edge_no) as edge_nos, array_agg(p.place - 1) as places
    from lists as l
    cross join jsonb_array_elements(case jsonb_typeof(l.phrases) when 'array' then l.phrases else '[]' end)
    with ordinality as p (phrase, place)
    where l.is_used
    group by p.phrase
  )

  select
    case when not l.is_used then 'edge_phrases_ignored' when l.phrases in ('null', '[]') then 'edge_phrases_missing'
      else 'edge_phrases_invalid' end,
    null::integer, l.edge_no, '.data.phrases', array[engine.show_value(l.phrases)], null::integer, null::integer[]
  from lists as l
  where case when l.is_used and jsonb_typeof(l.phrases) = 'array' then jsonb_array_length(l.phrases) not between 1 and 100
    else true end
  union all
  select
    'edge_phrases_invalid', null, v.edge_no, format('.data.phrases[%s]', v.place), array[engine.show_value(p.phrase)],
    null, null
  from phrases as p
  cross join unnest(p.edge_nos, p.places) as v (edge_no, place)
  where not case
    when jsonb_typeof(p.phrase) <> 'string' or length(p.phrase #>> '{}') > 200 then false
    -- The usual phrase has a plain letter; only the others are split into words.
    else p.phrase #>> '{}' ~ '[A-Za-z0-9]' or length(engine.reply_words(p.phrase #>> '{}')) > 2
  end;
end
$$;
comment on function engine.phrase_issues(jsonb, engine.graph_edge[]) is
'Phrases that are missing, malformed or on an edge whose rule does not look at them.';
revoke all on function engine.phrase_issues(jsonb, engine.graph_edge[]) from public;
