-- What is wrong with a definition of filters over ServiceTitan.
create or replace function engine.servicetitan_definition_issues(p_definition jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with nodes as materialized (
    select * from engine.definition_nodes(p_definition)
  )
  select engine.keyed_issues('p_definition', p_definition, '{match,phone,purpose}')
    || case
      when p_definition ? 'match' then '[]'
      else jsonb_build_array(engine.issue('definition_missing', 'p_definition.match', 'The definition does not say whom to match.'))
    end
    || case
      when not p_definition ? 'phone' or p_definition ->> 'phone' in ('any', 'call', 'text') then '[]'
      else jsonb_build_array(engine.issue('value_invalid', 'p_definition.phone', 'This must be any, call or text.'))
    end
    || case
      when not p_definition ? 'purpose' or p_definition ->> 'purpose' in ('marketing', 'service') then '[]'
      else jsonb_build_array(engine.issue('value_invalid', 'p_definition.purpose', 'This must be marketing or service.'))
    end
    || case
      when (select count(*) from nodes) <= 200 then coalesce(
        (
          select jsonb_agg(i.issue order by n.ordinal, i.place)
          from nodes as n
          cross join lateral jsonb_array_elements(
            engine.match_node_issues(n.path, n.node, n.depth)
          ) with ordinality as i (issue, place)
        ), '[]'
      )
      else jsonb_build_array(engine.issue(
        'definition_too_large', 'p_definition.match', 'A definition may have at most 200 groups and conditions.'
      ))
    end
$$;
comment on function engine.servicetitan_definition_issues(jsonb) is 'Issues of {match, phone, purpose}.';
revoke all on function engine.servicetitan_definition_issues(jsonb) from public;
