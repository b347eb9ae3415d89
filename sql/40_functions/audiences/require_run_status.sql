-- What may be done with a run depends on its state, and the refusal says which states would follow.
create or replace function engine.require_run_status(p_run public.audience_runs, p_allowed public.run_status[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_run.status <> all(p_allowed) then
    perform engine.refuse(
      'OB002', format('The run is %s.', p_run.status),
      jsonb_build_object(
        'entity', 'audience_run', 'id', p_run.id, 'from', p_run.status, 'to', 'RUNNING',
        'allowed', engine.legal_steps('audience_run', p_run.status::text)
      ),
      'Start another run of the list.'
    );
  end if;
end
$$;
comment on function engine.require_run_status(public.audience_runs, public.run_status[]) is 'OB002 unless the run is in one of these states.';
revoke all on function engine.require_run_status(public.audience_runs, public.run_status[]) from public;
