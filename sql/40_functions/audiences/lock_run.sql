-- The run that a worker works on, held until the transaction ends. Who only joins in (engine.join_run) is let.
create or replace function engine.lock_run(p_team_id uuid, p_run_id uuid, p_allowed public.run_status[])
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
begin
  select * into v_run from public.audience_runs as r
  where r.team_id = p_team_id and r.id = p_run_id
  for no key update;
  if v_run.id is null then
    perform engine.refuse_not_found('audience_run', p_run_id);
  end if;
  perform engine.require_run_status(v_run, p_allowed);
  return v_run;
end
$$;
comment on function engine.lock_run(uuid, uuid, public.run_status[]) is
'Locks a run that is in one of the allowed states; OB004 or OB002 otherwise.';
revoke all on function engine.lock_run(uuid, uuid, public.run_status[]) from public;
