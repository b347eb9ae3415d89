-- Work on a running run beside the transaction that holds it (engine.lock_run): as long as this one lasts,
-- nobody can give the run up.
create or replace function engine.join_run(p_team_id uuid, p_run_id uuid)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
begin
  select * into v_run from public.audience_runs as r
  where r.team_id = p_team_id and r.id = p_run_id
  for key share;
  if v_run.id is null then
    perform engine.refuse_not_found('audience_run', p_run_id);
  end if;
  perform engine.require_run_status(v_run, '{RUNNING}');
  return v_run;
end
$$;
comment on function engine.join_run(uuid, uuid) is 'A running run, shared with the transaction that holds it; OB004 or OB002 otherwise.';
revoke all on function engine.join_run(uuid, uuid) from public;
