-- What people choose from, by the names that things have in ServiceTitan. The copy is refreshed when it is
-- asked for, and by itself when it is older than a day.
create or replace function public.get_servicetitan_catalogue(
  p_kind text, p_refresh boolean default false, p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- reads and queues for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(
    p_team_id, case when p_refresh then 'operator' else 'viewer' end::public.team_role
  );
  v_state engine.servicetitan_catalogues;
begin
  perform engine.refuse_issues(case
    when p_kind in (
      'tag_types', 'business_units', 'job_types', 'hold_reasons', 'campaigns', 'membership_types', 'report_categories',
      'reports'
    ) then '[]'
    else jsonb_build_array(engine.issue(
      'catalogue_unknown', 'p_kind',
      'There are tag_types, business_units, job_types, hold_reasons, campaigns, membership_types, report_categories and reports.'
    ))
  end, 'The request');
  v_state := engine.wake_catalogue(v_team_id, p_refresh);
  return jsonb_build_object(
    'kind', p_kind, 'as_of', v_state.read_at,
    'is_refreshing', exists (
      select from engine.tasks as t
      where t.team_id = v_team_id and t.kind = 'catalogue' and t.subject_id = v_state.id and t.status in ('READY', 'CLAIMED')
    ),
    'failure_code', v_state.failure_code, 'failure_message', v_state.failure_message,
    'items', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', case when c.id ~ '^[0-9]{1,18}$' then to_jsonb(c.id::bigint) else to_jsonb(c.id) end,
        'name', c.name, 'is_active', c.is_active
      ) || c.detail order by c.name, c.id), '[]')
      from engine.servicetitan_catalogue as c
      where c.team_id = v_team_id and c.kind = p_kind
    )
  );
end
$$;
comment on function public.get_servicetitan_catalogue(text, boolean, uuid) is
'{kind, as_of, is_refreshing, failure_code, failure_message, items[{id, name, is_active, …}]}; p_refresh asks ServiceTitan '
'again. OB007 when that is asked without an account.';
revoke all on function public.get_servicetitan_catalogue(text, boolean, uuid) from public;
grant execute on function public.get_servicetitan_catalogue(text, boolean, uuid) to authenticated, service_role;
