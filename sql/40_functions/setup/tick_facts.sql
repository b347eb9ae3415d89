-- Who calls the tick, and what shows that somebody does: pg_cron's own record, and what the tick would have done.
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
begin
  if v_runs is not null then
    -- Dynamic, because the table is not there on every server; the last runs are found by the highest ids.
    execute format(
      'select r.start_time, r.status, r.return_message from %s as r'
      ' inner join cron.job as j on r.jobid = j.jobid where j.jobname = ''outbound-tick'' and r.end_time is not null'
      ' order by r.runid desc limit 1', v_runs
    )
    into v_started_at, v_status, v_message;
    return jsonb_build_object(
      'driven_by', case when engine.cron_drives_tick() then 'pg_cron' else 'workers' end, 'has_cron', true,
      'last_run_at', v_started_at, 'last_status', v_status, 'last_message', v_message
    );
  end if;
  return jsonb_build_object('driven_by', 'workers', 'has_cron', false);
end
$$;
comment on function engine.tick_facts() is
'{driven_by: pg_cron|workers, has_cron, last_run_at, last_status, last_message}: how engine.tick() is called.';
revoke all on function engine.tick_facts() from public;
