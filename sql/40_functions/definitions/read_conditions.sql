-- The conditions of a definition that was found to be right, with windows as moments.
create or replace function engine.read_conditions(p_definition jsonb, p_timezone text, p_at timestamptz)
returns setof engine.condition
language sql
stable
set search_path = ''
as $$
  select
    n.path || '.' || k.kind,
    k.kind,
    n.is_negated,
    engine.json_words(coalesce(k.said -> 'statuses', case when k.kind = 'customer' then k.said -> 'types' end)),
    engine.json_ids(case k.kind when 'membership' then k.said -> 'types' when 'service_event' then k.said -> 'service_types' end),
    engine.json_ids(k.said -> 'job_types'),
    engine.json_ids(k.said -> 'business_units'),
    engine.json_ids(k.said -> 'campaigns'),
    engine.json_ids(k.said #> '{tags,any}'),
    engine.json_ids(k.said #> '{tags,all}'),
    engine.json_ids(k.said #> '{tags,none}'),
    engine.json_words(k.said -> 'zips'),
    (
      select numrange((a.said ->> 'min')::numeric, (a.said ->> 'max')::numeric, '[]')
      from (select coalesce(k.said -> 'balance', k.said -> 'total') as said) as a
      where a.said is not null
    ),
    engine.definition_window(k.said -> 'created', p_timezone, p_at),
    engine.definition_window(k.said -> 'completed', p_timezone, p_at),
    engine.definition_window(k.said -> 'starts', p_timezone, p_at),
    engine.definition_window(k.said -> 'ends', p_timezone, p_at),
    engine.definition_window(k.said -> 'due', p_timezone, p_at),
    (k.said ->> 'do_not_service')::boolean,
    (k.said ->> 'do_not_text')::boolean,
    (k.said ->> 'marketing')::boolean,
    (k.said ->> 'unused')::boolean
  from engine.definition_nodes(p_definition) as n
  cross join lateral jsonb_each(n.node) as k (kind, said)
  where k.kind not in ('all', 'any', 'not')
  order by n.ordinal
$$;
comment on function engine.read_conditions(jsonb, text, timestamptz) is 'Conditions of a valid definition in order, as seen from p_at in a zone.';
revoke all on function engine.read_conditions(jsonb, text, timestamptz) from public;
