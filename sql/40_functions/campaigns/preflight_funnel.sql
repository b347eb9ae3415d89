-- From everybody in the list to those who would be contacted, a step for each reason in the order in which
-- they are looked at: how many it leaves out, and how many are left then.
create or replace function engine.preflight_funnel(p_people jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with counted as (
    select
      coalesce(p.reason_code, 'members') as code, sum(p.people) as people,
      case
        when p.reason_code is null then 0
        when p.reason_code = 'same_customer' then 300
        when p.reason_code like 'suppressed%' then 100
        else coalesce(array_position(array[
          'not_targeted', 'excluded_phone', 'excluded_in_list', 'excluded_in_campaign', 'excluded_tag',
          'excluded_recently_contacted', 'excluded_booked'
        ], p.reason_code), 200)
      end as place
    from (
      select e.reason_code, e.people from jsonb_to_recordset(p_people) as e (reason_code text, people bigint)
      union all
      select null, 0
    ) as p
    group by p.reason_code
  )

  select jsonb_agg(jsonb_build_object(
    'code', s.code, 'message', s.message, 'left_out', s.left_out, 'left', s.everybody - s.gone
  ) order by s.place, s.code)
  from (
    select
      c.code, c.place, case when c.place = 0 then 'Everybody in the list.' else engine.tell_reason(c.code) end as message,
      case when c.place = 0 then 0 else c.people end as left_out,
      sum(c.people) over () as everybody,
      sum(case when c.place = 0 then 0 else c.people end) over (order by c.place, c.code) as gone
    from counted as c
  ) as s
$$;
comment on function engine.preflight_funnel(jsonb) is
'[{code, message, left_out, left}]: members first, then each reason of engine.judge_members that leaves somebody out.';
revoke all on function engine.preflight_funnel(jsonb) from public;
