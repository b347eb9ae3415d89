-- The attempt of each job: what is asked of which provider, written before it is asked. The caller holds the jobs and
-- has asked the gate under all the locks of a beginning.
create or replace function engine.write_attempts(p_worker text, p_job_ids uuid[])
returns table (
  team_id uuid, attempt_id uuid, job_id uuid, attempt_number integer, provider text,
  secret_name text, account_ref text, request jsonb
)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.now();
  v_ids constant uuid[] := array(select i.id from engine.new_ids(cardinality(p_job_ids)) as i order by i.ordinal);
begin
  return query
  with asked as materialized (
    select v_ids[r.ordinality] as id, r.*
    from engine.build_requests(p_job_ids) with ordinality as r
  ),

  begun as (
    insert into engine.attempts (
      team_id, id, job_id, attempt_number, provider, worker, request, begun_at, phone, phone_number_id
    )
    select
      k.team_id, k.id, k.job_id,
      1 + coalesce((
        select max(a.attempt_number) from engine.attempts as a where a.team_id = k.team_id and a.job_id = k.job_id
      ), 0),
      k.provider, p_worker, k.request, v_now, k.phone, k.phone_number_id
    from asked as k
    returning id, attempt_number
  )

  select
    k.team_id, k.id, k.job_id, b.attempt_number, k.provider::text, k.secret_name, k.account_ref, k.request
  from begun as b
  inner join asked as k on b.id = k.id;
end
$$;
comment on function engine.write_attempts(text, uuid[]) is
'Writes an attempt for each job, and returns what to ask of which provider.';
revoke all on function engine.write_attempts(text, uuid[]) from public;
