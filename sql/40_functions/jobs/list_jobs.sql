-- The jobs of a campaign, a number or the whole team, newest first.
create or replace function public.list_jobs(
  p_campaign_id uuid default null,
  p_status text default null,
  p_phone text default null,
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the engine for a caller who was checked
set search_path = ''
set jit = off
set plan_cache_mode = force_custom_plan -- which filters are there decides which index is right
as $$
declare
  v_team_id uuid;
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_phone text;
  v_problem text;
begin
  v_team_id := case
    when p_campaign_id is null then engine.require_team(p_team_id, 'viewer')
    else (engine.require_campaign(p_campaign_id, 'viewer')).team_id
  end;
  if p_phone is not null then
    select n.phone, n.problem into v_phone, v_problem
    from public.teams as t
    cross join lateral engine.parse_phone(p_phone, t.country, true) as n
    where t.id = v_team_id;
  end if;
  perform engine.refuse_issues(engine.job_filter_issues(p_status, p_phone, v_phone, v_problem), 'The request');
  return (
    with page as materialized (
      select row(j.*)::engine.jobs as job, row_number() over (order by j.id desc) as place
      from engine.all_jobs as j
      where j.team_id = v_team_id and (p_campaign_id is null or j.campaign_id = p_campaign_id)
        and (p_status is null or j.status = p_status::public.job_status)
        and (v_phone is null or j.phone = v_phone) and (v_before is null or j.id < v_before)
      order by j.id desc
      limit v_limit + 1
    )

    select jsonb_build_object(
      'items', coalesce(
        jsonb_agg(engine.describe_job(p.job) order by p.place) filter (where p.place <= v_limit), '[]'
      ),
      'next_cursor', case
        when count(*) > v_limit then engine.page_cursor(min((p.job).id::text) filter (where p.place = v_limit))
      end
    )
    from page as p
  );
end
$$;
comment on function public.list_jobs(uuid, text, text, integer, text, uuid) is
'A page of jobs, newest first: {items[{id, campaign{id, name, status}, contact{id, first_name, last_name}, enrollment_id, phone, '
'channel, node_id, label, visit, status, outcome, reason_code, priority, run_at, due_at, attempt_count, lease_owner, '
'lease_expires_at, provider_id, dispatched_at, check_at, reply_deadline, created_at, finished_at}], next_cursor}. OB001, OB004, OB009.';
revoke all on function public.list_jobs(uuid, text, text, integer, text, uuid) from public;
grant execute on function public.list_jobs(uuid, text, text, integer, text, uuid) to authenticated, service_role;
