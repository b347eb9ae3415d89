-- Called right before sending, and for no more jobs than will be sent at once. Writes each attempt; the
-- worker sends only what came back, after this has committed. So whatever stops a contact (a pause,
-- a cancelled campaign, an opt-out) stops everything that has not begun here.
-- Campaigns are locked first, then contacts, then jobs, then capped numbers, each in order of id. A campaign
-- or contact that somebody holds, and a stop of a phone under way, is not waited for: its job is put off.
create or replace function engine.begin_attempts(p_worker text, p_job_ids uuid[])
returns table (
  team_id uuid, attempt_id uuid, job_id uuid, attempt_number integer, provider text,
  secret_name text, account_ref text, request jsonb
)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set lock_timeout = '2s' -- a gate that waited longer would judge by an old clock; the worker asks again
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
declare
  v_held uuid[];
  v_verdicts engine.verdict[];
begin
  perform engine.hold_clock();
  v_held := engine.hold_beginning(p_worker, p_job_ids);
  -- Asked after the locks are held, in a statement of its own, so that it sees what they waited for.
  v_verdicts := array(select v from engine.check_eligibility(v_held) as v);
  perform engine.release_jobs(v_verdicts, 'begin');
  return query
  select a.*
  from engine.write_attempts(p_worker, array(select v.job_id from unnest(v_verdicts) as v where v.decision = 'pass')) as a;
end
$$;
comment on function engine.begin_attempts(text, uuid[]) is
'Writes an attempt for each leased job that still passes the gate, and returns what to ask of which provider.';
revoke all on function engine.begin_attempts(text, uuid[]) from public;
grant execute on function engine.begin_attempts(text, uuid[]) to outbound_worker;
