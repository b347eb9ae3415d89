-- Who calls the tick, and what shows that somebody does: pg_cron's own record, and which steps fail.
create or replace function engine.tick_facts()
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_runs regclass := to_regclass('cron.job_run_details');
  v_started_at timestamptz;
  v_status text;
  v_message text;
  v_failed jsonb;
  v_failing jsonb := (
    select coalesce(jsonb_agg(jsonb_build_object(
      'step', f.step, 'subject', f.subject, 'since', f.first_failed_at, 'at', f.failed_at, 'count', f.failure_count,
      'code', f.code, 'message', f.message
    ) order by f.first_failed_at, f.step, f.subject), '[]')
    from engine.tick_failures as f
  );
begin
  if v_runs is not null then
    -- Dynamic, because the table is not there on every server; the last runs are found by the highest ids.
    execute format(
      'select r.start_time, r.status, r.return_message from %s as r'
      ' inner join cron.job as j on r.jobid = j.jobid where j.jobname = ''outbound-tick'' and r.end_time is not null'
      ' order by r.runid desc limit 1', v_runs
    )
    into v_started_at, v_status, v_message;
    execute format(
      'select coalesce(jsonb_agg(jsonb_build_object(''job'', j.jobname, ''message'', r.return_message) order by j.jobname), ''[]'')'
      ' from cron.job as j cross join lateral (select d.status, d.return_message from %s as d'
      ' where d.jobid = j.jobid and d.end_time is not null order by d.runid desc limit 1) as r'
      ' where j.jobname in (''outbound-launches'', ''outbound-upkeep'') and r.status = ''failed''', v_runs
    )
    into v_failed;
    return jsonb_build_object(
      'driven_by', case when engine.cron_drives_tick() then 'pg_cron' else 'workers' end, 'has_cron', true,
      'last_run_at', v_started_at, 'last_status', v_status, 'last_message', v_message,
      'failed_jobs', v_failed, 'failing', v_failing
    );
  end if;
  return jsonb_build_object('driven_by', 'workers', 'has_cron', false, 'failing', v_failing);
end
$$;
comment on function engine.tick_facts() is
'{driven_by: pg_cron|workers, has_cron, last_run_at, last_status, last_message, failed_jobs[{job, message}], '
'failing[{step, subject, since, at, count, code, message}]}: how the tick is called, and what of it fails.';
revoke all on function engine.tick_facts() from public;
