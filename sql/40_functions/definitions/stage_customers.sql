-- The customers that a definition matches as rows of a run or a preview, like the rows of a file: from
-- here on both go the same way. Companies have no first name.
create or replace function engine.stage_customers(p_team_id uuid, p_subject_id uuid, p_definition jsonb, p_at timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_matched engine.matched_customer[] := array(
    select m from engine.match_customers(p_team_id, p_subject_id, p_definition, p_at) as m order by m.customer_id
  );
begin
  insert into engine.import_rows (
    team_id, run_id, row_number, phone, last_name, full_name, email, postal_code, servicetitan_customer_id, reader_problem
  )
  select
    p_team_id, p_subject_id, m.place, p.phone, case when c.kind = 'Commercial' then c.name end,
    case when c.kind is distinct from 'Commercial' then c.name end, e.value, coalesce(l.postal_code, c.postal_code),
    c.id::text, p.problem
  from unnest(v_matched) with ordinality as m (
    customer_id, location_id, job_id, job_type_id, appointment_id, appointment_starts_at, place
  )
  inner join engine.servicetitan_customers as c on c.team_id = p_team_id and m.customer_id = c.id
  inner join engine.choose_phones(
    p_team_id, array(select v.customer_id from unnest(v_matched) as v),
    coalesce(p_definition ->> 'phone', 'any'), coalesce(p_definition ->> 'purpose', 'marketing')
  ) as p on m.customer_id = p.customer_id
  left join engine.servicetitan_locations as l on l.team_id = p_team_id and m.location_id = l.id
  left join (
    select distinct on (k.customer_id) k.customer_id, k.value
    from engine.servicetitan_contacts as k
    where k.team_id = p_team_id and k.kind = 'Email' and k.is_active
    order by k.customer_id, k.modified_at desc nulls last, k.id desc
  ) as e on m.customer_id = e.customer_id;
  insert into engine.member_facts
  select p_team_id, p_subject_id, m.place, m.job_id, m.job_type_id, m.appointment_id, m.appointment_starts_at
  from unnest(v_matched) with ordinality as m (
    customer_id, location_id, job_id, job_type_id, appointment_id, appointment_starts_at, place
  )
  where m.job_id is not null or m.job_type_id is not null;
  return cardinality(v_matched);
end
$$;
comment on function engine.stage_customers(uuid, uuid, jsonb, timestamptz) is
'Stages the customers that a definition matches, with their numbers and facts; returns how many.';
revoke all on function engine.stage_customers(uuid, uuid, jsonb, timestamptz) from public;
