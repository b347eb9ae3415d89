-- What is wrong with how a simulation is asked for, apart from its script and its graph.
create or replace function engine.simulation_issues(
  p_start_at timestamptz,
  p_contact jsonb,
  p_position integer,
  p_retry_budget integer,
  p_country text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(engine.issue(f.code, f.path, f.message) order by f.path), '[]')
  from (
    select
      'start_invalid' as code, 'p_start_at' as path, 'The start must be a moment between 2000 and 2100.' as message,
      p_start_at is not null and p_start_at not between '2000-01-01 00:00+00' and '2100-01-01 00:00+00' as is_wrong
    union all
    select 'position_range', 'p_position', 'The place in the list must be between 1 and 1000000.',
      p_position is null or p_position not between 1 and 1000000
    union all
    select 'retry_budget_range', 'p_retry_budget', 'The retries in all must be between 0 and 100.',
      p_retry_budget is null or p_retry_budget not between 0 and 100
    union all
    select 'contact_invalid', 'p_contact', 'The contact must be an object {timezone, state, postal_code, phone}, of texts.',
      jsonb_typeof(p_contact) <> 'object' or exists (
        select
        from jsonb_each(case when jsonb_typeof(p_contact) = 'object' then p_contact else '{}' end) as c
        where jsonb_typeof(c.value) not in ('string', 'null')
          or c.key not in ('timezone', 'state', 'postal_code', 'phone')
      )
    union all
    select 'timezone_unknown', 'p_contact.timezone', 'The zone must be one of a place, such as America/Denver.',
      jsonb_typeof(p_contact -> 'timezone') = 'string' and not exists (
        select from reference.timezones as z where z.spelling = lower(btrim(p_contact ->> 'timezone'))
      )
    union all
    select 'state_invalid', 'p_contact.state', 'The state must be two letters, such as FL.',
      jsonb_typeof(p_contact -> 'state') = 'string' and btrim(p_contact ->> 'state') !~ '^([A-Za-z]{2})?$'
    union all
    select i.code, 'p_contact.phone', i.message, coalesce(btrim(p_contact ->> 'phone'), '') <> ''
    from engine.parse_phone(p_contact ->> 'phone', p_country, true) as p
    inner join reference.import_problems as i on p.problem = i.code
  ) as f
  where f.is_wrong
$$;
comment on function engine.simulation_issues(timestamptz, jsonb, integer, integer, text) is
'Problems of a simulation''s arguments, as issues.';
revoke all on function engine.simulation_issues(timestamptz, jsonb, integer, integer, text) from public;
