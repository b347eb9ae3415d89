-- The ServiceTitan ids in what an assistant says of a booking, in the report's data or in a tool's arguments: under
-- names of their own (job_id, jobId, servicetitan_job_id …) or as the id of an object (appointment: {id: …}).
create or replace function engine.booking_ids(p_said jsonb)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  with named as (
    select k.key as name, k.value
    from jsonb_each(case when jsonb_typeof(p_said) = 'object' then p_said else '{}' end) as k (key, value)
    union all
    select case when i.key = 'id' then o.key || '_id' else i.key end, i.value
    from jsonb_each(case when jsonb_typeof(p_said) = 'object' then p_said else '{}' end) as o (key, value)
    cross join lateral jsonb_each(case when jsonb_typeof(o.value) = 'object' then o.value else '{}' end) as i (key, value)
  )

  select coalesce(jsonb_object_agg(w.name, (n.value #>> '{}')::bigint), '{}')
  from named as n
  inner join (
    values ('jobid', 'job_id'), ('appointmentid', 'appointment_id'), ('bookingid', 'booking_id')
  ) as w (word, name) on regexp_replace(lower(n.name), '^servicetitan|[^a-z]', '', 'g') = w.word
  where n.value #>> '{}' ~ '^[1-9][0-9]{0,17}$'
$$;
comment on function engine.booking_ids(jsonb) is 'ServiceTitan ids in an object: {job_id?, appointment_id?, booking_id?}.';
revoke all on function engine.booking_ids(jsonb) from public;
