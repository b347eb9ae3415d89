-- What `outbound doctor` can't see from outside. It is of all teams, so the service role alone may ask; it names
-- accounts and secrets and shows none.
create or replace function public.get_deployment_facts()
returns jsonb
language sql
stable
security definer -- reads the engine and the catalogue; granted to the service role alone
set search_path = ''
as $$
  select jsonb_build_object(
    'at', statement_timestamp(),
    'environment', d.environment,
    'postgres', current_setting('server_version_num')::integer / 10000,
    'migrations', to_jsonb(engine.applied_migrations()),
    'tick', engine.tick_facts() || jsonb_build_object(
      -- the tick takes a lease back in the minute after it ran out
      'overdue_seconds', (
        select round(extract(epoch from engine.now() - min(j.lease_expires_at)))
        from engine.jobs as j
        where j.status = 'CLAIMED' and j.lease_expires_at < engine.now()
      )
    ),
    'worker_role', (
      select jsonb_build_object(
        'can_log_in', r.rolcanlogin,
        'is_privileged', r.rolsuper or r.rolbypassrls or r.rolcreaterole or exists (
          select from pg_catalog.pg_auth_members as m where m.member = r.oid
        ),
        'may_make_temporary', has_database_privilege(r.oid, current_database(), 'temporary')
      )
      from pg_catalog.pg_roles as r
      where r.rolname = 'outbound_worker'
    ),
    'queues', (select jsonb_agg(to_jsonb(q) order by q.queue) from engine.queue_lag() as q),
    'held', engine.held_campaigns(),
    'integrations', (
      select coalesce(jsonb_agg(
        engine.describe_health(i) || jsonb_build_object(
          'team', t.name, 'secret_name', i.secret_name, 'account_ref', i.account_ref,
          'webhooks', engine.webhook_facts(i), 'named', engine.named_at_provider(i)
        )
        order by t.name, i.provider
      ), '[]')
      from public.integrations as i
      inner join public.teams as t on i.team_id = t.id
    )
  )
  from engine.deployment as d
$$;
comment on function public.get_deployment_facts() is
'{at, environment, postgres, migrations[versions] (null without a record), tick{driven_by, has_cron, last_run_at, '
'last_status, last_message, failed_jobs[], failing[], overdue_seconds}, '
'worker_role{can_log_in, is_privileged, may_make_temporary}, queues[{queue, due_jobs, jobs_in_progress, jobs_in_doubt, lag_seconds}], '
'held[{team, campaign_id, campaign, blockers[{code, message}]}], '
'integrations[as in get_integration_health, with team, secret_name, account_ref, webhooks{taken, heard_of}, named[{kind, name, id}]]}: for operators of the deployment.';
revoke all on function public.get_deployment_facts() from public;
grant execute on function public.get_deployment_facts() to service_role;
