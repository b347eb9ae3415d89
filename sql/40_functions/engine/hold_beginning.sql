-- The locks under which attempts begin, in the one order (docs/scaling.md): campaigns, contacts, jobs, capped
-- numbers, each in order of id. A pause under way is waited for, then seen.
create or replace function engine.hold_beginning(p_worker text, p_job_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
  v_held uuid[];
begin
  perform
  from public.campaigns as c
  where c.id in (select j.campaign_id from engine.jobs as j where j.id = any(p_job_ids))
  order by c.id
  for share of c;

  -- One at a time for a person: whoever begins for the same number in another campaign is waited for.
  perform
  from public.contacts as p
  inner join engine.jobs as j on p.team_id = j.team_id and p.id = j.contact_id
  where j.id = any(p_job_ids)
  order by p.id
  for no key update of p;

  v_held := array(
    select l.id
    from (
      select j.team_id, j.id, j.phone
      from engine.jobs as j
      where j.id = any(p_job_ids) and j.status = 'CLAIMED' and j.lease_owner = p_worker
        and j.lease_expires_at > v_now
      order by j.id
      for update of j
    ) as l
    -- engine.has_live_attempt, without a call for each
    where not exists (
      select from engine.attempts as a
      where a.team_id = l.team_id and a.job_id = l.id and a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED')
    ) and engine.keep_reachable(l.team_id, l.phone)
  );
  if cardinality(v_held) < cardinality(p_job_ids) then
    perform engine.put_off_stopping(p_worker, p_job_ids, v_held);
  end if;
  perform engine.hold_numbers(v_held);
  return v_held;
end
$$;
comment on function engine.hold_beginning(text, uuid[]) is
'Locks what a beginning depends on; returns the jobs that the worker still holds and that nothing has been sent for.';
revoke all on function engine.hold_beginning(text, uuid[]) from public;
