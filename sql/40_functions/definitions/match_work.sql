-- Which conditions about jobs, appointments and visits that fall due hold for whom, and by which work.
create or replace function engine.match_work(p_team_id uuid, p_subject_id uuid, p_conditions engine.condition[])
returns table (
  path text, customer_id bigint, location_id bigint, job_id bigint, job_type_id bigint, appointment_id bigint, at timestamptz
)
language sql
stable
set search_path = ''
as $$
  select q.path, j.customer_id, j.location_id, j.id, j.job_type_id, null::bigint, coalesce(j.completed_at, j.created_at)
  from unnest(p_conditions) as q
  inner join engine.servicetitan_jobs as j on j.team_id = p_team_id and j.subject_id = p_subject_id
  where
    q.kind = 'job'
    and (q.words is null or j.status = any(q.words))
    and (q.job_types is null or j.job_type_id = any(q.job_types))
    and (q.business_units is null or j.business_unit_id = any(q.business_units))
    and (q.campaigns is null or j.campaign_id = any(q.campaigns))
    and engine.tags_fit(j.tag_ids, q.tags_any, q.tags_all, q.tags_none)
    and (q.amounts is null or q.amounts @> coalesce(j.total, 0))
    and (q.completed is null or q.completed @> j.completed_at)
    and (q.created is null or q.created @> j.created_at)
  union all
  select q.path, a.customer_id, j.location_id, a.job_id, j.job_type_id, a.id, a.starts_at
  from unnest(p_conditions) as q
  inner join engine.servicetitan_appointments as a on a.team_id = p_team_id and a.subject_id = p_subject_id
  left join engine.servicetitan_jobs as j
    on j.team_id = p_team_id and j.subject_id = p_subject_id and a.job_id = j.id
  where
    q.kind = 'appointment'
    and (q.words is null or a.status = any(q.words))
    and (q.starts is null or q.starts @> a.starts_at)
    and (q.unused is null or q.unused = a.is_unused)
    and (q.job_types is null or j.job_type_id = any(q.job_types))
    and (q.business_units is null or j.business_unit_id = any(q.business_units))
    and (coalesce(q.tags_any, q.tags_all, q.tags_none) is null or engine.tags_fit(j.tag_ids, q.tags_any, q.tags_all, q.tags_none))
  union all
  -- a visit names no customer: the way is its service, the service's place, the place's customer
  select q.path, l.customer_id, l.id, e.job_id, s.job_type_id, null, e.due_at
  from unnest(p_conditions) as q
  inner join engine.servicetitan_service_events as e on e.team_id = p_team_id and e.is_active
  inner join engine.servicetitan_recurring_services as s
    on s.team_id = p_team_id and e.recurring_service_id = s.id and s.is_active
  inner join engine.servicetitan_locations as l on l.team_id = p_team_id and s.location_id = l.id
  where
    q.kind = 'service_event'
    and (q.words is null or e.status = any(q.words))
    and (q.due is null or q.due @> e.due_at)
    and (q.type_ids is null or s.type_id = any(q.type_ids))
    and (q.job_types is null or s.job_type_id = any(q.job_types))
    and (q.business_units is null or s.business_unit_id = any(q.business_units))
$$;
comment on function engine.match_work(uuid, uuid, engine.condition[]) is
'(path, customer, job, appointment) of conditions on jobs and appointments of a run or preview, and on service events.';
revoke all on function engine.match_work(uuid, uuid, engine.condition[]) from public;
