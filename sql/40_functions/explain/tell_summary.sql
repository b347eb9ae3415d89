-- The answer in one sentence: how often she was reached, and how it stands or ended.
create or replace function engine.tell_summary(
  p_enrollment engine.enrollments, p_reason_code text, p_next jsonb, p_timezone text
)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when p_enrollment.id is null then concat_ws(' ', 'Not enrolled: ' || engine.tell_reason(p_reason_code), p_next ->> 'message')
    else concat(
      coalesce(upper(left(r.reached, 1)) || substr(r.reached, 2), 'Neither called nor texted'),
      case
        when p_enrollment.status <> 'ACTIVE' then format(
          '; the journey ended as %s on %s: %s', p_enrollment.status,
          engine.tell_moment(p_enrollment.ended_at, p_timezone), engine.tell_reason(p_enrollment.reason_code)
        )
        else '. ' || coalesce(p_next ->> 'message', 'Nothing is open for her.')
      end
    )
  end
  from (
    -- What a provider took, or may have taken.
    select string_agg(format('%s %s', c.done, case c.times when 1 then 'once' when 2 then 'twice' else c.times || ' times' end), ' and ' order by c.done)
      as reached
    from (
      select case j.channel when 'call' then 'called' else 'texted' end as done, count(*) as times
      from engine.all_jobs as j
      inner join engine.all_attempts as a on j.team_id = a.team_id and j.id = a.job_id
      where j.team_id = p_enrollment.team_id and j.enrollment_id = p_enrollment.id
        and a.status in ('OPEN', 'ACCEPTED', 'AMBIGUOUS')
      group by 1
    ) as c
  ) as r
$$;
comment on function engine.tell_summary(engine.enrollments, text, jsonb, text) is
'One sentence about a contact in a campaign: not enrolled and why, or reached how often and what came or comes of it.';
revoke all on function engine.tell_summary(engine.enrollments, text, jsonb, text) from public;
