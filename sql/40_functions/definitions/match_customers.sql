-- Whom a definition matches. Each condition gives a set of customers; the groups are worked out once for
-- each combination of conditions that anybody fulfils. Who is marked as not to be served is left out,
-- unless the definition has a condition about that.
create or replace function engine.match_customers(p_team_id uuid, p_subject_id uuid, p_definition jsonb, p_at timestamptz)
returns setof engine.matched_customer
language sql
stable
set search_path = ''
set jit = off
as $$
  with conditions as materialized (
    select array_agg(c) as listed, coalesce(bool_or(c.do_not_service is not null), false) as asks_for_service
    from public.teams as t
    cross join lateral engine.read_conditions(p_definition, t.timezone, p_at) as c
    where t.id = p_team_id
  ),
  living as materialized (
    select l.id, l.living_id from engine.living_customers(p_team_id) as l
  ),
  work as materialized (
    select v.living_id, w.*
    from conditions as q
    cross join lateral engine.match_work(p_team_id, p_subject_id, q.listed) as w
    inner join living as v on w.customer_id = v.id
  ),
  fulfilled as materialized (
    select f.living_id, array_agg(distinct f.path) as paths
    from (
      select w.living_id, w.path from work as w
      union all
      select v.living_id, p.path
      from conditions as q
      cross join lateral engine.match_people(p_team_id, q.listed) as p
      inner join living as v on p.customer_id = v.id
    ) as f
    group by f.living_id
  ),
  people as materialized (
    select c.id, coalesce(f.paths, '{}') as paths
    from engine.servicetitan_customers as c
    cross join conditions as q
    left join fulfilled as f on c.id = f.living_id
    where c.team_id = p_team_id and c.is_active and c.merged_to_id is null and (q.asks_for_service or not c.do_not_service)
  ),
  matched as materialized (
    select p.id
    from people as p
    inner join (
      select s.paths
      from (select distinct p.paths from people as p) as s
      where engine.definition_holds('p_definition.match', p_definition -> 'match', s.paths)
    ) as h on p.paths = h.paths
  ),
  reasons as (
    -- the soonest appointment, else the latest job, else the first visit that falls due
    select distinct on (w.living_id) w.*
    from conditions as q
    cross join lateral unnest(q.listed) as c
    inner join work as w on c.path = w.path
    where not c.is_negated
    order by
      w.living_id, array_position('{appointment,job,service_event}', c.kind),
      case when c.kind = 'job' then - extract(epoch from w.at) else extract(epoch from w.at) end, w.job_id, w.appointment_id
  )
  select m.id, r.location_id, r.job_id, r.job_type_id, r.appointment_id, case when r.appointment_id is not null then r.at end
  from matched as m
  left join reasons as r on m.id = r.living_id
$$;
comment on function engine.match_customers(uuid, uuid, jsonb, timestamptz) is
'The living customers that a definition matches, with what made them match, seen from p_at over what was fetched for a subject.';
revoke all on function engine.match_customers(uuid, uuid, jsonb, timestamptz) from public;
