-- A run as RPCs return it.
create or replace function engine.describe_run(p_run public.audience_runs)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case when p_run.id is not null then jsonb_build_object(
    'id', p_run.id, 'list_id', p_run.list_id, 'list_name', p_run.list_name, 'source', p_run.source,
    'status', p_run.status, 'is_partial_allowed', p_run.is_partial_allowed, 'file_name', p_run.file_name,
    'mapping', p_run.mapping, 'definition', p_run.definition, 'waits_for', p_run.waits_for,
    'counts', jsonb_build_object(
      'fetched', p_run.fetched_count, 'added', p_run.added_count, 'updated', p_run.updated_count,
      'removed', p_run.removed_count, 'excluded', p_run.excluded_count, 'rejected', p_run.rejected_count,
      'duplicate', p_run.duplicate_count, 'warning', p_run.warning_count
    ),
    'failure_code', p_run.failure_code, 'failure_message', p_run.failure_message,
    'created_at', p_run.created_at, 'started_at', p_run.started_at, 'ended_at', p_run.ended_at
  ) end
$$;
comment on function engine.describe_run(public.audience_runs) is
'{id, list_id, list_name, source, status, is_partial_allowed, file_name, mapping, definition, waits_for, counts{…}, '
'failure_code, failure_message, created_at, started_at, ended_at}.';
revoke all on function engine.describe_run(public.audience_runs) from public;
grant execute on function engine.describe_run(public.audience_runs) to outbound_worker;
