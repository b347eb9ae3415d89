-- After jobs have ended: a booking is credited; an opt-out stops everything for the number; a retry rule or the
-- first edge that matches makes the next job; without either the journey is over.
create or replace function engine.advance_enrollments(p_ended engine.ended_job[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_outcomes constant public.job_outcome[] := array(select distinct f.outcome from unnest(p_ended) as f);
  v_steps engine.step[];
begin
  perform
  from unnest(p_ended) as f
  inner join engine.enrollments as e on f.team_id = e.team_id and f.enrollment_id = e.id
  order by e.id
  for update of e;

  if v_outcomes && '{booked,answered,opted_out,delivered,replied,opted_in,no_reply}' then
    perform engine.credit_outcomes(p_ended);
  end if;
  if 'opted_out' = any(v_outcomes) then
    perform engine.stop_numbers(array(
      select (
        f.team_id, f.phone, null, 'opted_out', f.channel || ' ' || coalesce(f.reason_code, ''), f.reply_text
      )::engine.stop
      from unnest(p_ended) as f
      -- Not twice for one stop: whoever found it may have carried it out already.
      where f.outcome = 'opted_out' and (
        select count(*) from public.suppressions as s
        where s.team_id = f.team_id and s.phone = f.phone and s.reason = 'opted_out'
      ) < cardinality(enum_range(null::public.contact_channel))
    ));
  end if;

  v_steps := array(select s from engine.next_steps(p_ended) as s);
  if exists (select from unnest(v_steps) as s where s.is_retry) then
    update engine.enrollments as e
    set retries_left = e.retries_left - 1
    from unnest(v_steps) as s
    where s.is_retry and s.spends_budget and e.team_id = (s.job).team_id and e.id = (s.job).enrollment_id;
  end if;
  perform engine.create_jobs(array(select s.job from unnest(v_steps) as s where s.job is not null));
  if exists (select from unnest(v_steps) as s where s.end_status is not null) then
    perform engine.end_enrollments(
      array(select s.team_id from unnest(v_steps) as s where s.end_status is not null),
      array(select s.enrollment_id from unnest(v_steps) as s where s.end_status is not null),
      array(select s.end_status from unnest(v_steps) as s where s.end_status is not null),
      array(select s.reason_code from unnest(v_steps) as s where s.end_status is not null)
    );
  end if;
end
$$;
comment on function engine.advance_enrollments(engine.ended_job[]) is
'Moves the enrollments of ended jobs on: opt-out, retry, next node or the end.';
revoke all on function engine.advance_enrollments(engine.ended_job[]) from public;
