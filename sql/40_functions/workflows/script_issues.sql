-- What is wrong with the script of a simulation: {node id: [outcome, …]}, an outcome being a word or
-- {outcome, reply_text?, after?}, for one visit of the node after the other.
create or replace function engine.script_issues(p_script jsonb, p_nodes public.workflow_nodes[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  with scripts as (
    select
      s.key, s.value as said, n.id as node_id, n.type, (n.config ->> 'reply_window')::interval as reply_window,
      format('$.%s', to_json(s.key)) as path
    from jsonb_each(case when jsonb_typeof(p_script) = 'object' then p_script else '{}' end) as s
    left join unnest(p_nodes) as n on s.key = n.id and n.type <> 'trigger'
  ),

  said as (
    select
      s.*, format('%s[%s]', s.path, v.visit - 1) as place, v.entry, v.visit,
      case jsonb_typeof(v.entry) when 'string' then v.entry #>> '{}' when 'object' then v.entry ->> 'outcome' end as outcome
    from scripts as s
    cross join jsonb_array_elements(case when jsonb_typeof(s.said) = 'array' then s.said else '[]' end)
      with ordinality as v (entry, visit)
    where s.node_id is not null
  ),

  found as (
    select '$' as path, 'script_invalid' as code, 'The outcomes must be an object {node id: [outcome, …]}.' as message
    where jsonb_typeof(p_script) <> 'object'
    union all
    select s.path, 'node_unknown', format('There is no call or text "%s" in the workflow.', left(s.key, 100))
    from scripts as s
    where s.node_id is null
    union all
    select s.path, 'script_invalid', format('The outcomes of "%s" must be a list.', left(s.key, 100))
    from scripts as s
    where s.node_id is not null and jsonb_typeof(s.said) <> 'array'
    union all
    select s.place, 'outcome_impossible', format('This can''t come of "%s"; it may be %s.', s.node_id, (
      select string_agg(o.outcome::text, ', ' order by o.outcome)
      from reference.simulated_outcomes as o
      where o.node_type = s.type and o.awaits_reply = (s.reply_window is not null)
    ))
    from said as s
    where s.entry <> 'null' and not exists (
      select from reference.simulated_outcomes as o
      where o.node_type = s.type and o.awaits_reply = (s.reply_window is not null) and o.outcome::text = s.outcome
    )
    union all
    select s.place || '.after', 'after_invalid', 'The time until the outcome must be an ISO 8601 duration such as PT2M, not longer than the reply window.'
    from said as s
    where coalesce(s.entry -> 'after', 'null') <> 'null' and coalesce(
      jsonb_typeof(s.entry -> 'after') <> 'string' or engine.parse_duration(s.entry ->> 'after') is null
      or engine.parse_duration(s.entry ->> 'after') > coalesce(s.reply_window, interval '1 day'), true
    )
    union all
    select s.place || '.reply_text', 'reply_invalid', 'The reply must be a text of at most 1600 characters.'
    from said as s
    where coalesce(s.entry -> 'reply_text', 'null') <> 'null'
      and (jsonb_typeof(s.entry -> 'reply_text') <> 'string' or length(s.entry ->> 'reply_text') > 1600)
  )

  select coalesce(jsonb_agg(engine.issue(f.code, 'p_outcomes' || substr(f.path, 2), f.message) order by f.path, f.code), '[]')
  from found as f
$$;
comment on function engine.script_issues(jsonb, public.workflow_nodes[]) is 'Problems of a simulation''s script, as issues.';
revoke all on function engine.script_issues(jsonb, public.workflow_nodes[]) from public;
