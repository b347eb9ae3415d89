-- A reason must be known and active before customers wait for it. The cached catalogue says so; a reason
-- that was switched off since is found out by the hold.
create or replace function engine.hold_reason_issues(p_team_id uuid, p_hold_reason_id bigint)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when p_hold_reason_id is null then jsonb_build_array(engine.issue(
      'hold_reason_missing', 'p_hold_reason_id', 'A reschedule needs a hold reason.'
    ))
    when c.id is null then jsonb_build_array(engine.issue(
      'hold_reason_unknown', 'p_hold_reason_id',
      'There is no such hold reason in the ServiceTitan catalogue; refresh it if the reason is new.'
    ))
    when not c.is_active then jsonb_build_array(engine.issue(
      'hold_reason_inactive', 'p_hold_reason_id', format('The hold reason "%s" is not active in ServiceTitan.', c.name)
    ))
    else '[]'
  end
  from (values (0)) as one (n)
  left join engine.servicetitan_catalogue as c
    on c.team_id = p_team_id and c.kind = 'hold_reasons' and c.id = p_hold_reason_id::text
$$;
comment on function engine.hold_reason_issues(uuid, bigint) is 'What keeps a hold reason from being used.';
revoke all on function engine.hold_reason_issues(uuid, bigint) from public;
